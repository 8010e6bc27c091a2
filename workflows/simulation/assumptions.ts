import type { Condition } from '../domain/conditions/condition';

/** What is known about the conditions met on a path: whether each holds, as long as nothing can have changed it. */
export class Assumptions {
  private constructor(private readonly known: ReadonlyMap<string, boolean>) {}

  static none = new Assumptions(new Map());

  /** True or false where it follows from what is known, null where it may be either. */
  verdict(condition: Condition): boolean | null {
    const own = this.known.get(nameOf(condition));
    if (own !== undefined) return own;
    if ('not' in condition) return negated(this.verdict(condition.not));
    if ('all' in condition) return every(condition.all.map((part) => this.verdict(part)));
    if ('any' in condition) return negated(every(condition.any.map((part) => negated(this.verdict(part)))));
    return null;
  }

  /** The same, and this condition holds or does not, with all that follows from it. */
  with(condition: Condition, holds: boolean): Assumptions {
    const known = new Map(this.known);
    note(known, condition, holds);
    return new Assumptions(known);
  }

  /** After a message went out: what was known of messages and events is uncertain again. */
  afterMessage(): Assumptions {
    return new Assumptions(new Map([...this.known].filter(([name]) => !ofMessages.test(name))));
  }

  /** After time has passed: only the entry event's properties are still what they were. */
  later(): Assumptions {
    return new Assumptions(new Map([...this.known].filter(([name]) => name.startsWith(OF_ENTRY))));
  }
}

/** Conditions that a message changes by going out. */
const ofMessages = /"(mails|did)":/;
const OF_ENTRY = 'entry event: ';

function nameOf(condition: Condition): string {
  return `${'property' in condition ? OF_ENTRY : ''}${JSON.stringify(condition)}`;
}

function note(known: Map<string, boolean>, condition: Condition, holds: boolean): void {
  known.set(nameOf(condition), holds);
  if ('not' in condition) note(known, condition.not, !holds);
  if ('all' in condition && holds) condition.all.forEach((part) => note(known, part, true));
  if ('any' in condition && !holds) condition.any.forEach((part) => note(known, part, false));
}

function negated(verdict: boolean | null): boolean | null {
  return verdict === null ? null : !verdict;
}

function every(verdicts: readonly (boolean | null)[]): boolean | null {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}
