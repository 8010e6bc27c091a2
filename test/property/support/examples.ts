import type { Command, CommandName, Shape } from './commands';

const plain: Shape = {
  ...{
    journeys: [0, 0],
    second: 'none',
    sameJourney: false,
    hasAddress: true,
    hasPhone: true,
    fastForwarded: false,
    cap: 0,
    hours: 'any',
  },
  ...{ unknownSends: 'proceed', idempotent: false },
};

function commands(...list: (CommandName | [CommandName, number])[]): Command[] {
  return list.map((one) => ({
    op: typeof one === 'string' ? one : one[0],
    who: 0,
    n: typeof one === 'string' ? 0 : one[1],
  }));
}

/** What was found once, and must stay found: played first in every lane. */
export const examples: [Shape, Command[]][] = [
  // A workflow's clock a minute ahead: the wait and the step after it took turns without end.
  [plain, commands(['skew', 3], 'act', ['tick', 4], 'act')],
  // A knock without a reason on a wait that has no deadline: it asked again at once, for ever.
  [
    { ...plain, journeys: [5, 0] },
    commands('act', 'act', 'act', 'act', 'act', 'tick', 'act', 'act', 'act', 'act', 'act', ['knock', 1]),
  ],
  // Another attempt began during the call, and the call was told "later": the journey went on without its mail.
  [
    { ...plain, journeys: [4, 0], idempotent: true },
    commands('act', 'presumedDead', 'act', 'act', 'late', ['act', 5], 'act', 'act'),
  ],
  // An event of the next wait is processed before the winner of this one, which was committed late.
  [
    { ...plain, journeys: [1, 0] },
    commands('act', 'tick', ['event', 3], 'pump', ['event', 16], 'pump', 'act', 'act', 'act'),
  ],
  // Sent on before the first visit, then a reset to the beginning: it was led back to where the journey begins.
  [{ ...plain, journeys: [1, 0] }, commands('divert', 'pump', 'act', 'act', 'reset', 'act', 'act', 'act')],
  // A pause, a skip to the next step under the same number, and a late copy that takes the number.
  [plain, commands('presumedDead', ['pause', 4], 'act', 'skip', 'act', ['resume', 1], ['late', 1], 'act', 'act')],
  // Two records with one address: which of them is told first of an opt-out was the database's choice.
  [
    { ...plain, fastForwarded: true },
    commands('act', ['withdraw', 9], 'deliver', 'pump', 'act', 'divert', 'allowResend', 'act', 'merge', 'tick', 'act'),
  ],
  // An address that is told of in the round of a join: the opt-out reached it in the one store alone.
  [plain, commands('join', 'optOut', 'resume', 'deliver', 'loseAnswer', ['event', 31], 'act', 'pump')],
  // The newer run has sent its first mail when it makes way: the older one sent it once more.
  [
    { ...plain, journeys: [4, 0], second: 'other', sameJourney: true },
    [...Array.from({ length: 5 }, (): Command => ({ op: 'act', who: 1, n: 0 })), { op: 'merge', who: 0, n: 0 }],
  ],
];
