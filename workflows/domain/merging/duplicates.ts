/** A record among others that may be the same person. */
export interface Candidate {
  id: string;
  /** It has a user id of its own: an account somewhere. */
  hasUser: boolean;
  /** First and last name as words without accents and case; null where one of them is not known. */
  name: string | null;
  /** Each by itself. */
  names: { first: string | null; last: string | null };
}

/** Records that are one person by a rule. */
export interface Duplicates<C extends Candidate> {
  stays: C;
  others: { record: C; /** Why no rule merges it by itself; null: it may. */ refusal: string | null }[];
}

/**
 * Puts records together that look the same, apart from those of which somebody said that they are two people. A record
 * with a user id stays, else the oldest. `distinct` has pairs of ids, the lesser first, joined by a blank.
 */
export function duplicatesOf<C extends Candidate>(same: readonly C[], distinct: ReadonlySet<string>): Duplicates<C>[] {
  const groups: C[][] = [];
  for (const one of [...same].sort(byAge)) {
    const group = groups.find((others) => others.every((other) => !distinct.has(pairOf(one.id, other.id))));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap(([stays, ...others]) => {
    if (!stays || others.length === 0) return [];
    return [{ stays, others: others.map((record) => ({ record, refusal: refusalOf(stays, record) })) }];
  });
}

/** Whose merge nobody would look at must be sure: two accounts are not made one by a rule, nor are two names. */
export function refusalOf(a: Candidate, b: Candidate): string | null {
  if (a.hasUser && b.hasUser) return 'Both have a user id.';
  return namesDiffer(a, b) ? 'Their names differ.' : null;
}

/** A family shares a mailbox, and forms often ask for one of the names: so one that differs is enough. */
function namesDiffer(a: Candidate, b: Candidate): boolean {
  if (a.name !== null && b.name !== null) return a.name !== b.name;
  const differ = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
  return differ(a.names.first, b.names.first) || differ(a.names.last, b.names.last);
}

/** The key of two ids, in whatever order. */
export function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function byAge(a: Candidate, b: Candidate): number {
  if (a.hasUser !== b.hasUser) return a.hasUser ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
