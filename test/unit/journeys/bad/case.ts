import type { Lookups } from '../../../../workflows/journeys/compile-journey';
import { head, unchecked } from '../journey-text';

/** A document that is refused, and all that is said about it: `line path: message (hint)`. */
export interface Case {
  title: string;
  text: string | object;
  expected: string[];
  lookups: Lookups;
}

export const done = '  - { id: done, kind: exit, outcome: completed }';

/** The sound journey with a part of its head changed. */
export function inHead(title: string, change: [string, string], ...expected: string[]): Case {
  return { title, text: `${head.replace(...change)}\n${done}\n`, expected, lookups: unchecked };
}

/** The sound journey with one more step before its end, on line 11. */
export function inStep(title: string, step: string, ...expected: string[]): Case {
  return { title, text: `${head}\n  - ${step}\n${done}\n`, expected, lookups: unchecked };
}

/** The sound head with these steps, from line 11. */
export function inSteps(title: string, steps: string[], expected: string[]): Case {
  return { title, text: `${head}\n${steps.join('\n')}\n`, expected, lookups: unchecked };
}

export function asText(title: string, text: string | object, expected: string[]): Case {
  return { title, text, expected, lookups: unchecked };
}
