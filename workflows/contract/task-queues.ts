/** Workflows, and the effects that only touch the database. */
export const JOURNEYS = 'journeys';
/** Whatever reaches an outside provider; its rate is limited by the server. */
export const DELIVERY = 'delivery';
