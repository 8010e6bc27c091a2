import type { DidTest, MailsTest } from './condition';

/** Under this key `Facts.did` holds how often; tests that differ only in `times` share it. */
export function didKey(test: DidTest): string {
  const key = keys.get(test) ?? spellKey(test);
  keys.set(test, key);
  return key;
}

/** Tests never change, and are asked for their keys with every event. */
const keys = new WeakMap<DidTest, string>();

function spellKey({ did, types, of, where, within, since }: DidTest): string {
  const steps = of === undefined ? null : [...new Set([of].flat())].sort();
  return canonical({ did, types, of: steps, where: where ?? {}, within: within ?? null, since: since ?? null });
}

/** How many of the last mails a test is about: `last 5` are 5. */
export function mailsAsked({ mails }: MailsTest): number {
  return Number(/^last (\d{1,3})$/.exec(mails)?.[1] ?? 0);
}

/** JSON with sorted keys: equal values, equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
