import { simulate } from '../../../workflows/interpreter/virtual/simulate';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { catalogueGraph } from './walk';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ENTERS = Date.parse('2026-11-23T09:00:00Z');

const customers = [
  'first-purchase',
  'onboarding',
  'referral',
  'renewal',
  'satisfaction-survey',
  'usage-tips',
  'vip-upsell',
  'win-back',
];
/** An hour after they have become a customer. */
const greetings = ['welcome'];
const traits = { renewalNoticeAt: '2026-12-01', renewsAt: '2027-02-01' };

/** Instants at which mails went out and gates were reached, without those that go out at the entry. */
async function run(key: string, script: ScriptItem[] = []) {
  const fields = { lifecycleStage: 'customer', traits };
  const persona = { entersAt: ENTERS, fields };
  const { steps, outcome } = await simulate(catalogueGraph(key), persona, { script });
  const mails = steps.flatMap(({ stepId, kind, leftAt, message }) =>
    kind === 'email' && message?.state === 'accepted' && leftAt !== null && leftAt > ENTERS
      ? [{ stepId, at: leftAt }]
      : [],
  );
  const waits = steps.filter(({ kind }) => kind === 'wait');
  const ungated = mails.filter(({ stepId, at }) => {
    const before = waits.filter(({ leftAt }) => leftAt !== null && leftAt <= at).at(-1);
    return !/^gate-\d$/.test(before?.stepId ?? '') && !greetings.includes(stepId);
  });
  const gates = steps.flatMap(({ stepId, arrivedAt }) => (/^gate-\d$/.test(stepId) ? [arrivedAt] : []));
  return { mails, gates, ungated, outcome };
}

const opened = (at: number): ScriptItem => ({ at, type: 'support.ticket_opened' });
const closed = (at: number): ScriptItem => ({ at, type: 'support.ticket_closed' });

test.each(customers)('%s: each mail waits at its gate', async (key) => {
  const plain = await run(key);
  expect(plain.mails.length).toBeGreaterThan(1);
  expect(plain.ungated).toEqual([]);
  for (const gate of plain.gates) {
    const [from, to] = [gate - HOUR, gate + 3 * DAY];
    const held = await run(key, [opened(from), closed(to)]);
    expect(held.mails.map(({ stepId }) => stepId)).toEqual(plain.mails.map(({ stepId }) => stepId));
    expect(held.mails.filter(({ at }) => at > from && at < to)).toEqual([]);
    expect(held.outcome).toBe(plain.outcome);
  }
});

test.each(customers)('%s: two open tickets hold until both are closed', async (key) => {
  const { gates } = await run(key);
  const first = gates[0] ?? 0;
  const [from, to] = [first - HOUR, first + 6 * DAY];
  const script = [opened(from), opened(from + 10 * MINUTE), closed(first + 2 * DAY), closed(to)];
  const { mails } = await run(key, script);
  expect(mails.filter(({ at }) => at > from && at < to)).toEqual([]);
  expect(mails.length).toBeGreaterThan(1);
});

test.each(customers)('%s: a ticket closed before holds nobody', async (key) => {
  const plain = await run(key);
  const { mails } = await run(key, [opened(ENTERS + HOUR), closed(ENTERS + 2 * HOUR)]);
  expect(mails).toEqual(plain.mails);
});

test('a forgotten ticket holds for 30 days at most', async () => {
  const plain = await run('referral');
  const { mails } = await run('referral', [opened(ENTERS + HOUR)]);
  const [first, held] = [plain.mails[0], mails[0]];
  expect((held?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(30 * DAY);
  expect((held?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(34 * DAY);
});
