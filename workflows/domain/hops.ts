/** Inside events further than this from something that happened outside are stored and shown, not acted on. */
export const MAX_HOPS = 20;
