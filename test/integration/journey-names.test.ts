import { checkText } from '../../messages/check-text';
import type { Db } from '../../prisma/client';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { loadGraph, saveDraft, validateDocument } from '../../prisma/stores/journeys';
import { patchSettings } from '../../prisma/stores/settings';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
});
afterAll(() => database.drop());

const head = 'journey: a\nexplain: X.\ntopic: education\n';
const SOURCE = `${head}entry:
  - segment: readers
  - event: shopping
unless: { segment: custmers }
steps:
  - { id: tell, kind: notify, to: sales, via: [email], text: Hello }
  - { id: room, kind: message, via: chat, to: ads, text: Hello }
  - { id: hook, kind: message, via: webhook, to: ads }
  - { id: next-one, kind: enroll, journey: b }
  - { id: out, kind: exit, outcome: x, into: c }
`;

async function problems(source: string): Promise<string[]> {
  const found = await validateDocument(db, 'a', { source, checkText });
  return found.ok ? [] : found.problems.map(({ line, message }) => `${line} ${message}`);
}

test('publishing wants everything that is named', async () => {
  expect(await problems(SOURCE)).toEqual([
    '5 there is no segment `readers`',
    '7 there is no segment `custmers`',
    '9 there is no team `sales`',
    '10 there is no chat endpoint `ads`',
    '11 there is no webhook endpoint `ads`',
    '12 there is no journey `b`',
    '13 there is no journey `c`',
  ]);
});

test('what is declared is known', async () => {
  await db.segment.create({ data: { key: 'readers', name: 'Readers', condition: { field: 'industry', is: 'x' } } });
  await db.webhookEndpoint.create({ data: { key: 'ads', kind: 'webhook', url: 'https://example.com', secrets: [] } });
  await db.webhookEndpoint.create({ data: { key: 'room', kind: 'chat', url: 'https://example.com', secrets: [] } });
  await patchSettings(db, { teams: [{ key: 'sales', name: 'Sales' }] }, null);
  const done = '{ id: out, kind: exit, outcome: x }';
  for (const key of ['b', 'c']) {
    await saveDraft(db, key, { source: `journey: ${key}\nexplain: X.\ntopic: education\nentry: []\nsteps: [${done}]` });
  }
  expect(await problems(SOURCE)).toEqual(['7 there is no segment `custmers`', '10 there is no chat endpoint `ads`']);
});

test('groups and names of events are those of the settings', async () => {
  const eventGroups = { shopping: ['cart.updated', 'order.completed'] };
  await patchSettings(db, { eventGroups, eventNames: { 'Cart Touched': 'cart.updated' } }, null);
  const steps = 'steps: [{ id: out, kind: exit, outcome: x }]';
  expect(await problems(`${head}entry: [{ event: Cart Touched }]\n${steps}`)).toEqual([
    '4 `Cart Touched` comes in as `cart.updated`, as the settings say',
  ]);
  await saveDraft(db, 'a', { source: `${head}entry: [{ event: shopping }]\n${steps}` });
  const published = await publishJourney(db, 'a');
  const id = published?.kind === 'published' ? published.version.id : '';
  await patchSettings(db, { eventGroups: {} }, null);
  expect(await loadGraph(db, id)).toMatchObject({ entries: [{ event: 'shopping', types: eventGroups.shopping }] });
});

test('a draft with wrong Liquid is not stored', async () => {
  const task = '{ id: t, kind: task, type: call, title: "{{ contact.frstName }}" }';
  const source = `${head}entry: []\nsteps:\n  - ${task}\n  - { id: out, kind: exit, outcome: x }`;
  expect(await saveDraft(db, 'a', { source, checkText })).toMatchObject({
    kind: 'invalid',
    problems: [{ path: '/steps/0/title', line: 6 }],
  });
});
