import type { Json } from '../json';
import { closedBy } from '../timing/opening';
import { localParts, localTime } from '../timing/local-time';
import { describeWindow } from '../timing/window';
import { countedUnder, describeCap, type ClaimCase } from './verdict';

/** What a claim was decided from, for its decision: no address, no names. */
export function inputsOf(it: ClaimCase): Record<string, Json> {
  const { suppression, circuit, rules, at } = it;
  return {
    channel: rules.channel,
    at: new Date(at).toISOString(),
    hasAddress: it.address !== null,
    suppression: suppression && { scope: suppression.scope, reason: suppression.reason },
    transport: circuit && circuit.reason,
    ...hoursIn(it),
    ...(rules.caps.length > 0 && {
      caps: rules.caps.map((cap) => ({ cap: describeCap(cap), counted: countedUnder(cap, it).length })),
    }),
    ...(rules.gap !== null && { minimumGap: rules.gap, lastMessage: lastOf(it) }),
    ...(it.rivals.length > 0 && {
      higherPriority: it.rivals.map(({ enrollmentId, journey, priority, dueAt }) => {
        return { enrollmentId, journey, priority, dueAt: new Date(dueAt).toISOString() };
      }),
    }),
  };
}

function hoursIn({ rules, at }: ClaimCase): Record<string, Json> {
  const { hours, zone } = rules;
  const { window, quiet, holidayOn } = hours;
  if (!window && !quiet && !holidayOn) return {};
  return {
    zone,
    localTime: localTime(at, zone),
    window: window && describeWindow(window),
    quietHours: quiet && describeWindow(quiet),
    ...(holidayOn && { holiday: holidayOn(localParts(at, zone).date) }),
    closedBy: closedBy(at, hours, zone),
  };
}

function lastOf({ counted, rules }: ClaimCase): string | null {
  const last = counted.filter(({ channel }) => channel === rules.channel).at(-1);
  return last ? new Date(last.at).toISOString() : null;
}
