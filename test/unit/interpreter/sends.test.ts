import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import { days, hours, MONDAY, play, toldOf } from './play';

const MAIL = `  - { id: mail, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`;
const TWO = `  - { id: one, kind: email, template: t }
  - { id: two, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`;

/** Answers of the provider, one call after the other; then it accepts. */
function answers(...list: CallAnswer[]): { provider: () => CallAnswer; calls: () => number } {
  let calls = 0;
  const accepted: CallAnswer = { kind: 'accepted', providerMessageId: null };
  return { provider: () => list[(calls += 1) - 1] ?? accepted, calls: () => calls };
}
const unknown: CallAnswer = { kind: 'unknown', why: 'no answer' };

test('waits for an address, and is woken by it', async () => {
  const script = [{ at: days(3), type: 'form.submitted', traits: { email: 'ada@example.com' } }];
  const simulation = await play(MAIL, { fields: { email: null }, script });
  expect(toldOf(simulation)).toEqual(['mail done accepted', 'done done', 'done after 72 h']);
});

test('ends when no address became known', async () => {
  expect(toldOf(await play(MAIL, { fields: { email: null } }))).toEqual([
    'mail left suppressed',
    'no-address after 720 h',
  ]);
});

test('passes over an address that cannot be mailed', async () => {
  const { steps } = await play(MAIL, { fields: { email: 'nobody' } });
  expect(steps[0]?.message).toMatchObject({ state: 'suppressed', reason: 'invalid-address' });
});

test('a cap defers the second mail', async () => {
  const settings = { frequencyCaps: [{ channel: 'email' as const, max: 1, per: '24 hours' }] };
  const { steps, endedAt } = await play(TWO, { settings });
  expect(steps.map(({ message }) => message?.state)).toEqual(['accepted', 'accepted', undefined]);
  expect(endedAt).toBe(days(1));
});

test('what was asked for passes the cap', async () => {
  const settings = { frequencyCaps: [{ channel: 'email' as const, max: 1, per: '24 hours' }] };
  const steps = TWO.replace('id: two, kind: email, template: t', 'id: two, kind: email, template: t, send: at-once');
  expect((await play(steps, { settings })).endedAt).toBe(MONDAY);
});

test('a provider that says later is asked later', async () => {
  const { provider, calls } = answers({ kind: 'retryable', at: hours(1), why: 'busy' });
  expect(toldOf(await play(MAIL, { provider })).at(-1)).toBe('done after 1 h');
  expect(calls()).toBe(2);
});

test('a transport that refuses us is left alone', async () => {
  const { provider, calls } = answers({ kind: 'circuit', why: 'bad key' });
  expect((await play(MAIL, { provider })).endedAt).toBe(MONDAY + 5 * 60_000);
  expect(calls()).toBe(2);
});

test('goes on after the grace period when unknown', async () => {
  const { provider, calls } = answers(unknown);
  const simulation = await play(MAIL, { provider, idempotent: false });
  expect(simulation.steps[0]?.message?.state).toBe('unknown');
  expect(simulation.endedAt).toBe(MONDAY + 60_000);
  expect(calls()).toBe(1);
});

test('a provider event settles what was unknown', async () => {
  const { provider } = answers(unknown);
  const script = [{ at: MONDAY + 20_000, do: 'provider-event', of: 'mail', state: 'delivered' } as const];
  const simulation = await play(MAIL, { provider, idempotent: false, script });
  expect(simulation.steps[0]?.message?.state).toBe('delivered');
  expect(simulation.endedAt).toBe(MONDAY + 20_000);
});

test('an unknown send waits for a person by setting', async () => {
  const { provider } = answers(unknown);
  const settings = { unknownSends: 'hold' as const };
  const simulation = await play(MAIL, { provider, idempotent: false, settings });
  expect(simulation).toMatchObject({ outcome: null, rests: { phase: 'needs-attention', stepId: 'mail' } });
});

test('a rejected mail needs a person', async () => {
  const { provider } = answers({ kind: 'rejected', why: 'no such mailbox' });
  const simulation = await play(MAIL, { provider });
  expect(simulation.rests).toMatchObject({ phase: 'needs-attention', detail: 'no such mailbox' });
});

test('an opt-out ends the journey, and bars mails', async () => {
  const script = [{ at: hours(1), do: 'opt-out' } as const];
  const steps = MAIL.replace('\n', '\n  - { id: pause, kind: wait, for: 2 hours }\n');
  const simulation = await play(steps, { script });
  expect(simulation.outcome).toBe('unsubscribed');
  expect(simulation.world.suppressions).toMatchObject([
    { scope: 'global', address: 'persona@example.com' },
    { scope: 'global', address: expect.stringMatching(/^person:/) },
  ]);
});

test.each(['skip', 'retry'] as const)('a %s of what may have arrived repeats nothing', async (what) => {
  const { provider, calls } = answers({ kind: 'retryable', at: hours(1), why: 'server error (500)', lost: true });
  const script = [{ at: hours(0.5), do: what }];
  const { world } = await play(MAIL, { provider, script });
  expect(calls()).toBe(1);
  expect(world.sends[0]).toMatchObject({ state: 'unknown' });
});

test('what was told no after a lost answer stays unknown', async () => {
  const lost: CallAnswer = { kind: 'retryable', at: hours(1), why: 'server error (500)', lost: true };
  const { provider } = answers(lost, { kind: 'rejected', why: 'refused (400)' });
  const { world } = await play(MAIL, { provider });
  expect(world.sends[0]).toMatchObject({ state: 'unknown', reason: 'refused (400)' });
});
