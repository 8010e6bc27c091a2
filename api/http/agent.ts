import type { IncomingHttpHeaders } from 'node:http';
import { isbot } from 'isbot';

/** Whether it looks like a browser that a person sits at, or says that it is a program in the shape of one. */
export type Agent = 'browser' | 'crawler' | 'program';

/** By the header alone: what calls itself otherwise than browsers do, such as a server or a library, is a `program`. */
export function agentOf(headers: IncomingHttpHeaders): Agent {
  const agent = headers['user-agent'] ?? '';
  if (!agent.startsWith('Mozilla/')) return 'program';
  return isbot(agent) ? 'crawler' : 'browser';
}
