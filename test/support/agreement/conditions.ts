import type { Data, Tape } from './tape';

/** What the journeys of this test listen to; none of these ends a journey by itself. */
export const behaviours = ['page.viewed', 'form.submitted', 'webinar.attended'] as const;
/** No sum of waits has this length: a border that a moment's delay could cross is never met. */
const odd = ['617 minutes', '5003 minutes', '20011 minutes'] as const;

/** A condition of any kind; `sent` are messages that may be asked for. */
export function conditionOf(tape: Tape, sent: readonly string[], depth = 2): Data {
  const simple: [() => Data, ...(() => Data)[]] = [
    () => ({ field: 'industry', is: tape.one(['software', 'retail']) }),
    () => ({ property: 'source', exists: tape.odds(50) }),
    () => ({ did: tape.one(behaviours), times: 1 + tape.below(2), ...period(tape) }),
    () => ({ segment: tape.one(['customers', 'target-accounts', 'readers']) }),
    () => ({ score: tape.one(['total', 'fit', 'engagement']), atLeast: tape.below(20) - 5 }),
    () => ({ tier: { in: ['low', 'medium'] } }),
    () => ({ mails: `last ${1 + tape.below(3)}`, clicked: tape.one(['none', 'all', 'any']) }),
    () => ({ consent: tape.one(['education', 'product']) }),
    () => ({ handoff: 'open' }),
    () => ({ journey: 'any', status: tape.one(['active', 'finished']) }),
    () => ({ field: 'traits.tags', contains: tape.one(['vip', 'trial']) }),
  ];
  const aboutMails = () => ({ did: tape.one(['email.clicked', 'email.opened']), of: ofOne(tape, sent) });
  if (depth > 0 && tape.odds(15)) return { not: conditionOf(tape, sent, depth - 1) };
  if (depth > 0 && tape.odds(15)) {
    return { [tape.one(['all', 'any'])]: tape.list(1, 3, () => conditionOf(tape, sent, depth - 1)) };
  }
  return sent.length > 0 && tape.odds(30) ? aboutMails() : tape.one(simple)();
}

function period(tape: Tape): Data {
  if (tape.odds(40)) return { within: tape.one(odd) };
  return tape.odds(40) ? { since: 'entry' } : {};
}

function ofOne(tape: Tape, sent: readonly string[]): unknown {
  return tape.odds(50) ? 'journey' : (sent[tape.below(sent.length)] ?? 'journey');
}

/** A behaviour that ends a wait; without `next` and `do`. */
export function awaitedOf(tape: Tape, sent: readonly string[]): Data {
  if (sent.length > 0 && tape.odds(40)) {
    return { event: tape.one(['email.clicked', 'email.opened']), of: ofOne(tape, sent) };
  }
  const where = tape.odds(20) ? { where: { path: { startsWith: tape.one(['/pricing', '/docs']) } } } : {};
  const since = tape.odds(20) ? { since: tape.one(['entry', ...odd]) } : {};
  return { event: tape.one(['activity', 'shopping', ...behaviours]), ...where, ...since };
}
