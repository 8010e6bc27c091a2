import { MONDAY, days, hours, play, toldOf } from './play';

// Everybody enters on Monday 23 November 2026 at nine in UTC.
const MAIL = `  - { id: mail, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`;
const quietHours = { from: '10:00', to: '08:00' }; // leaves two hours in the morning
const moves = (at: number, traits: Record<string, string>) => [{ at, type: 'form.submitted', traits }];

test('a mail waits for the morning of its reader', async () => {
  const settings = { quietHours };
  expect((await play(MAIL, { settings })).endedAt).toBe(MONDAY);
  const inBerlin = await play(MAIL, { settings, fields: { country: 'Germany' } });
  expect(inBerlin.endedAt).toBe(Date.parse('2026-11-24T07:00Z'));
  const inKathmandu = await play(MAIL, { settings, fields: { timezone: 'Asia/Kathmandu' } });
  expect(inKathmandu.endedAt).toBe(Date.parse('2026-11-24T02:15Z'));
});

test('a message’s window, the journey’s, and any', async () => {
  const window = MAIL.replace('template: t', 'template: t, window: { from: "18:00", to: "20:00" }');
  expect((await play(window)).endedAt).toBe(hours(9));
  const settings = { defaultWindow: { days: ['sunday' as const], from: '12:00', to: '13:00' } };
  expect((await play(MAIL, { settings })).endedAt).toBe(days(6) + 3 * 3_600_000);
  const ofJourney: [string, string] = ['steps:', 'window: any\nsteps:'];
  expect((await play(MAIL, { settings, replace: ofJourney })).endedAt).toBe(MONDAY);
  const atOnce = MAIL.replace('template: t', 'template: t, send: at-once');
  expect((await play(atOnce, { settings })).endedAt).toBe(MONDAY);
});

test('who moves is written to where they are', async () => {
  const settings = { quietHours };
  const fields = { timezone: 'Asia/Kathmandu' }; // until 02:15Z the next day
  const west = await play(MAIL, { settings, fields, script: moves(hours(4), { timezone: 'America/New_York' }) });
  expect(west.endedAt).toBe(hours(4)); // eight in the morning there
  const east = await play(MAIL, { settings, fields, script: moves(hours(4), { timezone: 'Asia/Tokyo' }) });
  expect(east.endedAt).toBe(Date.parse('2026-11-23T23:00Z'));
});

test('who tells their country is too', async () => {
  const settings = { quietHours };
  const script = moves(hours(2), { country: 'AR' }); // eight in the morning there
  expect((await play(MAIL, { settings, fields: { country: 'NP' }, script })).endedAt).toBe(hours(2));
});

test('a wait keeps the end it was given', async () => {
  const steps = `  - { id: pause, kind: wait, until: { day: 2, at: "09:30" } }
  - { id: done, kind: exit, outcome: done }`;
  const script = moves(hours(2), { timezone: 'America/New_York' });
  expect((await play(steps, { fields: { timezone: 'Europe/Berlin' }, script })).endedAt).toBe(
    Date.parse('2026-11-24T08:30Z'),
  );
});

test('a skipped message goes on, and says why', async () => {
  const settings = { frequencyCaps: [{ channel: 'email' as const, max: 1, per: '24 hours' }] };
  const two = `  - { id: one, kind: email, template: t }
  - { id: two, kind: email, template: t, ifCapped: skip }
  - { id: done, kind: exit, outcome: done }`;
  const { steps, endedAt } = await play(two, { settings });
  expect(steps[1]?.message).toMatchObject({ state: 'suppressed', reason: 'cap of 1 per 24 hours: skipped' });
  expect(endedAt).toBe(MONDAY);
});

test('working days leave out holidays', async () => {
  const settings = { holidays: { countries: ['contact'], dates: ['2026-11-24'] } };
  const steps = `  - { id: pause, kind: wait, for: 3 working days }
  - { id: done, kind: exit, outcome: done }`;
  const simulation = await play(steps, { settings, fields: { country: 'US' } }); // Thanksgiving is on Thursday
  expect(toldOf(simulation)).toEqual(['pause timeout', 'done done', 'done after 168 h']);
});
