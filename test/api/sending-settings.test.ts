import { publishedJourney } from '../support/journeys';
import { testApi, type TestApi } from './harness';

let api: TestApi;

beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.drop());

const quietHours = { from: '21:00', to: '08:00' };

const journey = `
journey: early
name: Early
explain: One mail before breakfast.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: []
steps:
  - { id: mail, kind: email, template: early, window: { from: "05:00", to: "07:00" } }
  - { id: done, kind: exit, outcome: completed }
`;

test('all that concerns sending hours is kept', async () => {
  const settings = {
    quietHours,
    defaultWindow: { days: ['monday', 'friday'], from: '09:00', to: '17:00' },
    defaultZone: 'Asia/Kathmandu',
    holidays: { countries: ['contact', 'DE'], dates: ['12-24', '2027-01-04'] },
    workingHours: { days: ['monday', 'tuesday'], from: '08:00', to: '16:00' },
    frequencyCaps: [
      { channel: 'email', max: 2, per: '7 days' },
      { channel: 'all', max: 4, per: '30 days' },
    ],
    minimumGap: '12 hours',
    spread: '60 minutes',
  };
  const { body } = await api.patch('/v1/settings', settings).expect(200);
  expect(body).toMatchObject(settings);
  expect((await api.get('/v1/settings').expect(200)).body).toMatchObject(settings);
});

test('short names of days are understood', async () => {
  const { body } = await api.patch('/v1/settings', { defaultWindow: { days: ['sat'], from: '09:00', to: '17:00' } });
  expect(body.defaultWindow.days).toEqual(['saturday']);
});

test.each<[string, object]>([
  ['a date that is none', { holidays: { countries: [], dates: ['02-30'] } }],
  ['an unknown country', { holidays: { countries: ['XX'], dates: [] } }],
  ['a country in words', { holidays: { countries: ['Germany'], dates: [] } }],
  ['a cap without a channel', { frequencyCaps: [{ max: 1, per: '24 hours' }] }],
  ['a cap over two years', { frequencyCaps: [{ channel: 'email', max: 1, per: '105 weeks' }] }],
  ['a cap over no time', { frequencyCaps: [{ channel: 'email', max: 1, per: '0 days' }] }],
  ['a spread over two days', { spread: '2 days' }],
  ['a gap in words', { minimumGap: 'half a day' }],
  ['working hours past midnight', { workingHours: { days: ['monday'], from: '22:00', to: '06:00' } }],
  ['quiet hours of a whole day', { quietHours: { from: '00:00', to: '00:00' } }],
  ['no days', { defaultWindow: { days: [], from: '09:00', to: '17:00' } }],
  ['a zone that is none', { defaultZone: 'Moon/Base' }],
])('refuses %s', async (_title, settings) => {
  const { body } = await api.patch('/v1/settings', settings).expect(400);
  expect(body.errors[0].pointer).toMatch(new RegExp(`^#/${Object.keys(settings)[0]}`));
});

test('window and quiet hours leave some time', async () => {
  await api.patch('/v1/settings', { quietHours: null, defaultWindow: { from: '22:00', to: '23:00' } }).expect(200);
  const late = await api.patch('/v1/settings', { quietHours }).expect(400);
  expect(late.body.errors).toEqual([
    { in: 'body', pointer: '#/quietHours', detail: 'Leaves no time at all for messages.' },
  ]);
  await api.patch('/v1/settings', { quietHours, defaultWindow: null }).expect(200);
  const early = await api.patch('/v1/settings', { defaultWindow: { from: '22:00', to: '23:00' } }).expect(400);
  expect(early.body.errors[0].pointer).toBe('#/defaultWindow');
});

test('quiet hours leave something of every journey', async () => {
  await api.patch('/v1/settings', { quietHours: null, defaultWindow: null }).expect(200);
  await publishedJourney(api.db, journey);
  const { body } = await api.patch('/v1/settings', { quietHours }).expect(400);
  expect(body.errors).toEqual([
    { in: 'body', pointer: '#/quietHours', detail: 'Leaves nothing of a window in: early.' },
  ]);
  await api.patch('/v1/settings', { quietHours: { from: '21:00', to: '06:00' } }).expect(200);
});

test('a window inside the quiet hours is not published', async () => {
  await api.patch('/v1/settings', { quietHours: { from: '21:00', to: '06:00' } }).expect(200);
  const document = journey.replace('05:00', '04:00').replace('07:00', '05:30').replaceAll('early', 'earlier');
  await api.put('/v1/journeys/earlier', { document }).expect(201);
  const { body } = await api.post('/v1/journeys/earlier/validate', {}).expect(200);
  expect(JSON.stringify(body)).toContain('the quiet hours, 21:00 to 06:00, leave nothing of this window');
});
