import { loadCatalog, seedCatalog } from '../../prisma/catalog';
import type { Db } from '../../prisma/client';
import { listVersions, publishJourney, type Published } from '../../prisma/stores/journey-versions';
import {
  changeStatus,
  findJourney,
  listJourneys,
  loadGraph,
  publishedJourneys,
  publishedRevision,
  saveDraft,
  validateDraft,
  validateDocument,
} from '../../prisma/stores/journeys';
import { getTemplate, publishTemplate, saveTemplateDraft } from '../../prisma/stores/templates';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await freshDatabase();
  db = database.db;
});
afterEach(() => database.drop());

function journey(key: string, { template = 'hello', priority = 50, topic = 'education' } = {}): string {
  return `journey: ${key}
explain: Somebody gets something.
topic: ${topic}
priority: ${priority}
entry: [{ event: form.submitted }]
steps:
  - { id: hello, kind: email, template: ${template} }
  - { id: done, kind: exit, outcome: completed }
`;
}

async function publishText(key: string, subject: string): Promise<string> {
  await saveTemplateDraft(db, key, { subject, html: `<p>${subject}</p>`, class: 'marketing' });
  const published = await publishTemplate(db, key);
  return published?.versionId ?? '';
}

async function published(key: string): Promise<Extract<Published, { kind: 'published' }>> {
  const answer = await publishJourney(db, key);
  if (answer?.kind !== 'published') throw new Error(JSON.stringify(answer));
  return answer;
}

test('a draft keeps its text and counts changes', async () => {
  expect(await saveDraft(db, 'a', { source: journey('a') })).toEqual({ kind: 'saved', revision: 1, created: true });
  expect(await saveDraft(db, 'a', { source: journey('a') })).toEqual({ kind: 'saved', revision: 1, created: false });
  const commented = `# mine\n${journey('a')}`;
  expect(await saveDraft(db, 'a', { source: commented })).toEqual({ kind: 'saved', revision: 2, created: false });
  expect(await findJourney(db, 'a')).toMatchObject({
    status: 'draft',
    draft: commented,
    revision: 2,
    publishedId: null,
  });
});

test('a draft of another revision is a conflict', async () => {
  expect(await saveDraft(db, 'a', { source: journey('a'), expected: 1 })).toEqual({ kind: 'conflict', revision: 0 });
  await saveDraft(db, 'a', { source: journey('a'), expected: 0 });
  const change = { source: journey('a', { priority: 60 }) };
  expect(await saveDraft(db, 'a', { ...change, expected: 0 })).toEqual({ kind: 'conflict', revision: 1 });
  const both = await Promise.all([1, 2].map(() => saveDraft(db, 'a', { ...change, expected: 1 })));
  expect(both.map(({ kind }) => kind).sort()).toEqual(['conflict', 'saved']);
});

test('a broken draft is not stored', async () => {
  const broken = journey('a').replace('outcome: completed', 'outcome:');
  expect(await saveDraft(db, 'a', { source: broken })).toEqual({
    kind: 'invalid',
    problems: [{ path: '/steps/1/outcome', line: 8, message: '`outcome` is empty' }],
  });
  expect(await findJourney(db, 'a')).toBeNull();
});

test('another journey’s document is refused', async () => {
  expect(await saveDraft(db, 'b', { source: journey('a') })).toMatchObject({
    kind: 'invalid',
    problems: [{ path: '/journey', line: 1, message: 'this is the document of `a`, not of `b`' }],
  });
});

test('data is stored as text', async () => {
  const document = {
    journey: 'a',
    explain: 'X.',
    topic: 'x',
    entry: [],
    steps: [{ id: 'd', kind: 'exit', outcome: 'x' }],
  };
  await saveDraft(db, 'a', { source: document });
  const stored = await findJourney(db, 'a');
  expect(JSON.parse(stored?.draft ?? '')).toEqual(document);
});

test('publishing wants templates and topics', async () => {
  await saveDraft(db, 'a', { source: journey('a', { topic: 'cats' }) });
  const problems = [
    { path: '/topic', line: 3, message: 'there is no topic `cats`', hint: 'topics: `education`, `product`' },
    { path: '/steps/0/template', line: 7, message: 'there is no published template `hello`', hint: 'publish it first' },
  ];
  expect(await publishJourney(db, 'a')).toEqual({ kind: 'invalid', problems });
  expect(await validateDraft(db, 'a')).toEqual({ ok: false, problems });
  expect(await validateDocument(db, 'a', { source: journey('a', { topic: 'cats' }) })).toEqual({ ok: false, problems });
  await saveTemplateDraft(db, 'hello', { subject: 'x', html: 'x', class: 'marketing' });
  expect(await publishJourney(db, 'a')).toMatchObject({ kind: 'invalid' });
  expect(await findJourney(db, 'a')).toMatchObject({ status: 'draft', publishedId: null });
  expect(await publishJourney(db, 'nobody')).toBeNull();
  expect(await validateDraft(db, 'nobody')).toBeNull();
});

test('a version pins its templates', async () => {
  const first = await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  const { version, created } = await published('a');
  expect({ number: version.number, created }).toEqual({ number: 1, created: true });
  const second = await publishText('hello', 'Two');
  expect(second).not.toBe(first);
  expect((await loadGraph(db, version.id))?.steps['hello']).toMatchObject({ templateVersionId: first });
  const next = await published('a');
  expect(next).toMatchObject({ created: true, version: { number: 2 } });
  expect((await loadGraph(db, next.version.id))?.steps['hello']).toMatchObject({ templateVersionId: second });
});

test('the same document again is the same version', async () => {
  await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  const { version } = await published('a');
  await saveDraft(db, 'a', { source: `# only a remark\n${journey('a')}` });
  expect(await published('a')).toEqual({ kind: 'published', created: false, version, job: null });
  await saveDraft(db, 'a', { source: journey('a', { priority: 51 }) });
  expect(await published('a')).toMatchObject({ created: true, version: { number: 2 } });
  const versions = await listVersions(db, 'a', { limit: 10 });
  expect(versions.map(({ number }) => number)).toEqual([2, 1]);
  expect(await listVersions(db, 'a', { limit: 10, before: 2 })).toEqual([version]);
});

test('publishing at once makes one version', async () => {
  await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  const all = await Promise.all(Array.from({ length: 5 }, () => published('a')));
  expect(new Set(all.map(({ version }) => version.id)).size).toBe(1);
  expect(all.filter(({ created }) => created)).toHaveLength(1);
});

test('publishing another revision is a conflict', async () => {
  await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  expect(await publishJourney(db, 'a', { expected: 2 })).toEqual({ kind: 'conflict', revision: 1 });
});

test('a published version stays as it was', async () => {
  await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  const { version } = await published('a');
  await saveDraft(db, 'a', { source: journey('a', { priority: 90 }) });
  expect(await findJourney(db, 'a')).toMatchObject({ priority: 50 });
  expect(await publishedJourneys(db)).toMatchObject([{ key: 'a', versionId: version.id, priority: 50 }]);
});

test('only published journeys let people in, by priority', async () => {
  await publishText('hello', 'One');
  for (const [key, priority] of [
    ['low', 10],
    ['b', 50],
    ['a', 50],
    ['high', 90],
    ['draft', 99],
  ] as const) {
    await saveDraft(db, key, { source: journey(key, { priority }) });
    if (key !== 'draft') await published(key);
  }
  const keys = async () => (await publishedJourneys(db)).map(({ key }) => key);
  expect(await keys()).toEqual(['high', 'a', 'b', 'low']);
  const before = await publishedRevision(db);
  expect(await publishedRevision(db)).toBe(before);
  await changeStatus(db, 'high', 'pause');
  expect(await keys()).toEqual(['a', 'b', 'low']);
  expect(await publishedRevision(db)).not.toBe(before);
  await changeStatus(db, 'high', 'resume');
  expect(await publishedRevision(db)).toBe(before);
});

test('statuses change as the table says', async () => {
  await publishText('hello', 'One');
  await saveDraft(db, 'a', { source: journey('a') });
  expect(await changeStatus(db, 'a', 'pause')).toEqual({ kind: 'refused', status: 'draft' });
  await published('a');
  expect(await changeStatus(db, 'a', 'pause')).toMatchObject({ kind: 'done', journey: { status: 'paused' } });
  expect(await changeStatus(db, 'a', 'pause')).toMatchObject({ kind: 'unchanged' });
  await published('a');
  expect(await findJourney(db, 'a')).toMatchObject({ status: 'paused' });
  expect(await changeStatus(db, 'a', 'archive')).toMatchObject({ kind: 'done', journey: { status: 'archived' } });
  expect(await changeStatus(db, 'a', 'resume')).toEqual({ kind: 'refused', status: 'archived' });
  await published('a');
  expect(await findJourney(db, 'a')).toMatchObject({ status: 'published' });
  expect(await changeStatus(db, 'nobody', 'pause')).toBeNull();
});

test('lists are paged, newest first', async () => {
  for (const key of ['one', 'two', 'three']) await saveDraft(db, key, { source: journey(key) });
  await db.$executeRaw`UPDATE journey SET created_at = '2026-01-01' WHERE key = 'one'`;
  const all = (await listJourneys(db, { limit: 10, after: null })).map(({ key }) => key);
  expect(all[2]).toBe('one');
  const page = await listJourneys(db, { limit: 2, after: all[0] ?? null });
  expect(page.map(({ key }) => key)).toEqual(all.slice(1));
  expect(await listJourneys(db, { limit: 2, after: 'one' })).toEqual([]);
});

test('the catalogue comes as drafts with published templates', async () => {
  await seedCatalog(db, { publish: false });
  const { journeys, templates } = loadCatalog();
  expect((await listJourneys(db, { limit: 50, after: null })).map(({ key, status }) => [key, status]).sort()).toEqual(
    journeys.map(({ key }) => [key, 'draft']),
  );
  expect(await db.templateVersion.count()).toBe(templates.length);
  expect(await publishedJourneys(db)).toEqual([]);
});

test('the catalogue leaves alone what is there', async () => {
  await seedCatalog(db, { publish: true });
  const own = loadCatalog().journeys[0];
  await saveDraft(db, own?.key ?? '', { source: `# mine\n${own?.source}` });
  await changeStatus(db, 'welcome', 'pause');
  await publishText('guide-video', 'My own video');
  const drafts = await seedCatalog(db, { publish: true });
  expect((await findJourney(db, own?.key ?? ''))?.draft).toMatch(/^# mine\n/);
  expect(await findJourney(db, 'welcome')).toMatchObject({ status: 'paused' });
  expect(await getTemplate(db, 'guide-video')).toMatchObject({ draft: { subject: 'My own video' } });
  expect(await db.journeyVersion.count()).toBe(loadCatalog().journeys.length - drafts.length);
});

describe('an instant', () => {
  const once = (instant: string, more = '') => `journey: fair
explain: Whoever bakes is asked to come.
topic: education
entry: [{ schedule: { once: "${instant}" }, who: { field: industry, is: bakery } }]
steps:
  - { id: done, kind: exit, outcome: completed }
${more}`;
  const before = new Date('2026-12-01T08:59:00Z');
  const after = new Date('2026-12-01T09:00:00Z');
  const problems = [
    {
      path: '/entry/0/schedule/once',
      line: 4,
      message: '2026-12-01T09:00 in UTC has gone by, so nobody would enter',
      hint: 'name an instant to come, or take the entry out',
    },
  ];

  test('that has gone by is not published', async () => {
    const source = once('2026-12-01T09:00');
    await saveDraft(db, 'fair', { source });
    expect(await publishJourney(db, 'fair', { at: after })).toEqual({ kind: 'invalid', problems });
    expect(await validateDocument(db, 'fair', { source, at: after })).toEqual({ ok: false, problems });
    expect(await publishJourney(db, 'fair', { at: before })).toMatchObject({ kind: 'published' });
  });

  test('that the published version has may go by', async () => {
    await saveDraft(db, 'fair', { source: once('2026-12-01T09:00') });
    await publishJourney(db, 'fair', { at: before });
    await saveDraft(db, 'fair', { source: once('2026-12-01T09:00', 'priority: 60\n') });
    expect(await publishJourney(db, 'fair', { at: after })).toMatchObject({ kind: 'published', created: true });
    await changeStatus(db, 'fair', 'archive');
    expect(await publishJourney(db, 'fair', { at: after })).toEqual({ kind: 'invalid', problems });
  });
});
