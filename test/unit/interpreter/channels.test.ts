import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import type { SendRow } from '../../../workflows/interpreter/virtual/world';
import { days, hours, MONDAY, play, toldOf } from './play';

const SMS = `  - { id: text, kind: message, via: sms, text: Hi }
  - { id: done, kind: exit, outcome: done }`;
const NOTE = `  - { id: note, kind: notify, to: owner, via: [email, chat, sms], text: Look }
  - { id: done, kind: exit, outcome: done }`;
const settings = {
  reps: [{ key: 'rita', name: 'Rita', email: 'rita@example.com' }],
  teams: [{ key: 'sales', name: 'Sales', chat: 'sales-chat' }],
};
const accepted: CallAnswer = { kind: 'accepted', providerMessageId: null };
const sendsOf = (rows: readonly SendRow[]) =>
  rows.map(({ visit, channel, state, reason }) => [visit, channel, state, reason]);

test('an SMS goes to a phone with its country', async () => {
  const { world } = await play(SMS, { fields: { phone: '+4915112345678' } });
  expect(world.sends).toMatchObject([{ channel: 'sms', address: '+4915112345678', state: 'accepted', template: null }]);
  expect(world.events.map(({ type }) => type)).toContain('message.sent');
});

test.each([
  [null, 'no-phone'],
  ['0151 12345678', 'invalid-address'],
])('the phone %s suppresses it', async (phone, reason) => {
  const simulation = await play(SMS, { fields: { phone } });
  expect(toldOf(simulation)).toEqual(['text done suppressed', 'done done', 'done after 0 h']);
  expect(simulation.world.sends[0]?.reason).toBe(reason);
});

test('caps count each channel by itself', async () => {
  const steps = `  - { id: one, kind: message, via: sms, text: Hi }
  - { id: mail, kind: email, template: t }
  - { id: two, kind: message, via: sms, text: Hi }
  - { id: done, kind: exit, outcome: done }`;
  const caps = { frequencyCaps: [{ channel: 'sms' as const, max: 1, per: '24 hours' }] };
  const { world, endedAt } = await play(steps, { fields: { phone: '+4915112345678' }, settings: caps });
  expect(world.sends.map(({ channel, claimedAt }) => [channel, claimedAt])).toEqual([
    ['sms', MONDAY],
    ['email', MONDAY],
    ['sms', days(1)],
  ]);
  expect(endedAt).toBe(days(1));
});

test('staff are told on each channel that reaches them', async () => {
  const { world } = await play(NOTE, { settings, fields: { owner: 'Rita@example.com' } });
  expect(sendsOf(world.sends)).toEqual([
    [1, 'email', 'accepted', null],
    [1, 'chat', 'accepted', null],
    [1, 'sms', 'suppressed', 'nobody-to-tell'],
  ]);
  expect(world.sends.map(({ address }) => address)).toEqual(['rita@example.com', 'sales-chat', null]);
  expect(world.events.map(({ type }) => type)).not.toContain('email.sent');
});

test('one that is told later does not repeat the others', async () => {
  let chats = 0;
  const provider = ({ channel }: SendRow): CallAnswer => {
    if (channel !== 'chat' || (chats += 1) > 1) return accepted;
    return { kind: 'retryable', at: hours(1), why: 'busy' };
  };
  const calls: string[] = [];
  const counted = (row: SendRow) => {
    calls.push(row.channel);
    return provider(row);
  };
  const simulation = await play(NOTE, { settings, fields: { owner: 'rita' }, provider: counted });
  expect(calls).toEqual(['email', 'chat', 'chat']);
  expect(toldOf(simulation).at(-1)).toBe('done after 1 h');
});

test('a retry tells only whom it has not told', async () => {
  let chats = 0;
  const provider = ({ channel }: SendRow): CallAnswer =>
    channel === 'chat' && (chats += 1) === 1 ? { kind: 'rejected', why: 'refused' } : accepted;
  const script = [{ at: hours(2), do: 'retry' as const }];
  const { world } = await play(NOTE, { settings, fields: { owner: 'rita' }, provider, script });
  expect(sendsOf(world.sends)).toEqual([
    [1, 'email', 'accepted', null],
    [1, 'chat', 'rejected', 'refused'],
    [1, 'sms', 'suppressed', 'nobody-to-tell'],
    [2, 'email', 'suppressed', 'already-sent'],
    [2, 'chat', 'accepted', null],
    [2, 'sms', 'suppressed', 'nobody-to-tell'],
  ]);
});

test('what people do while staff are told counts', async () => {
  const steps = `  - { id: note, kind: notify, to: owner, via: [chat], text: Look }
  - { id: wait, kind: wait, for: 1 day, on: [{ event: page.viewed, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`;
  let calls = 0;
  const provider = (): CallAnswer => ((calls += 1) === 1 ? { kind: 'retryable', at: hours(2), why: 'busy' } : accepted);
  const script = [{ at: hours(1), type: 'page.viewed' }];
  expect((await play(steps, { settings, provider, script })).outcome).toBe('seen');
});
