import type { JsonObject } from '../json';
import type { Verdict } from './evaluate';

/** The first case that holds, else `else`; what the decision says is about the cases that were asked until then. */
export function branchChoice(verdicts: readonly Verdict[]): {
  outcome: `case:${number}` | 'else';
  reason: string;
  inputs: JsonObject;
} {
  const chosen = verdicts.findIndex(({ holds }) => holds);
  const asked = chosen === -1 ? verdicts : verdicts.slice(0, chosen + 1);
  return {
    outcome: chosen === -1 ? 'else' : `case:${chosen}`,
    reason: asked.map(({ reasons }, index) => `case ${index + 1}: ${reasons.join('; ')}`).join(' | '),
    inputs: Object.fromEntries(asked.flatMap(({ inputs }) => Object.entries(inputs))),
  };
}
