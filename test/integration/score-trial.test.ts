import { scoreTrialPage } from '../../activities/jobs/score-trial';
import type { Db } from '../../prisma/client';
import { createJob, type Job } from '../../prisma/stores/jobs';
import { compileModelNow, readPublishedModel, saveScoreModel } from '../../prisma/stores/score-model';
import { publishScoreModel } from '../../prisma/stores/score-model-versions';
import type { JsonObject } from '../../workflows/domain/json';
import { freshDatabase, type TestDatabase } from '../support/database';
import { runPages } from '../support/job-runs';
import { happening, pumped } from '../support/pump';

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await freshDatabase();
  db = database.db;
}, 60_000);
afterEach(() => database.drop());

const model = (page: number, form: number) => ({
  ...{ model: 'trial', explain: 'Pages and forms count, and who decides.' },
  fit: [{ id: 'decides', when: { field: 'seniority', in: ['vp', 'director'] }, points: 20 }],
  engagement: [
    { id: 'pricing', on: 'page.viewed', where: { path: { startsWith: '/pricing' } }, points: page },
    { id: 'form', on: 'form.submitted', points: form },
  ],
  ready: { tier: 'high', fit: 15, human: '14 days' },
});

async function trial(draft: object): Promise<string> {
  const compiled = await compileModelNow(db, draft);
  if (!compiled.ok) throw new Error('the draft is not sound');
  const published = await readPublishedModel(db, new Map());
  const input = { versionId: published?.id ?? null, draft: compiled.model, at: Date.now() };
  const plain = JSON.parse(JSON.stringify(input)) as JsonObject;
  return (await createJob(db, { kind: 'score-trial', input: plain, requestedBy: null })).id;
}

const tried = async (draft: object): Promise<Job> => runPages(db, scoreTrialPage, { job: await trial(draft) });

/** A vice president, or nobody in particular, who looks at prices so often, and what sales then said. */
async function lead(
  name: string,
  { vp = true, pages = 1, answer }: { vp?: boolean; pages?: number; answer?: string } = {},
) {
  const keys = [`email:${name}@example.test`];
  const traits: JsonObject = vp ? { jobTitle: 'VP Sales' } : {};
  const day = (n: number) => new Date(Date.now() - n * 86_400_000);
  await pumped(db, [
    happening('contact.identified', { keys, traits, occurredAt: day(10) }),
    ...Array.from({ length: pages }, () =>
      happening('page.viewed', { keys, properties: { path: '/pricing' }, occurredAt: day(8) }),
    ),
    ...(answer === undefined ? [] : [happening(answer, { origin: 'inside', keys, occurredAt: day(5) })]),
  ]);
}

test('who would move is told, and nothing changes', async () => {
  await saveScoreModel(db, { source: model(5, 10) });
  await publishScoreModel(db);
  await lead('ann', { pages: 2 });
  await lead('ben', { vp: false });
  const entries = await db.scoreEntry.count();
  const { state, progress, result } = await tried(model(40, 10));
  expect({ state, progress }).toMatchObject({ state: 'done', progress: { done: 2, leftOut: 0 } });
  // Ann: 20 + 2 × 5 = 30, then 20 + 2 × 40 = 100. Ben: 5, then 40.
  expect(result).toMatchObject({
    now: { tiers: { none: 0, low: 1, medium: 1, high: 0 }, ready: 0 },
    draft: { tiers: { none: 0, low: 0, medium: 1, high: 1 }, ready: 1 },
    moves: [
      { from: 'low', to: 'medium', contacts: 1, sample: [{ now: 5, draft: 40 }] },
      { from: 'medium', to: 'high', contacts: 1, sample: [{ now: 30, draft: 100 }] },
    ],
  });
  expect(await db.scoreEntry.count()).toBe(entries);
});

test('a path into properties counts as it does live', async () => {
  const source = {
    ...model(5, 10),
    engagement: [{ id: 'ads', on: 'page.viewed', where: { 'utm.source': 'ads' }, points: 7 }],
  };
  await saveScoreModel(db, { source });
  await publishScoreModel(db);
  const keys = ['email:ann@example.test'];
  await pumped(db, [happening('page.viewed', { keys, properties: { utm: { source: 'ads' } } })]);
  expect(await db.scoreState.findFirst()).toMatchObject({ engagement: 7 });
  const { result } = await tried(source);
  expect(result).toMatchObject({ now: { tiers: { low: 1 } }, draft: { tiers: { low: 1 } }, moves: [] });
});

test('an answer of sales resets as it does live', async () => {
  const source = { ...model(5, 10), resets: [{ id: 'recycled', on: 'handoff.rejected' }] };
  await saveScoreModel(db, { source });
  await publishScoreModel(db);
  await lead('ben', { vp: false, answer: 'handoff.rejected' });
  expect(await db.scoreState.findFirst()).toMatchObject({ engagement: 0 });
  const { result } = await tried(source);
  expect(result).toMatchObject({ now: { tiers: { none: 1 } }, draft: { tiers: { none: 1 } } });
});

test('agreement with sales is counted at its moment', async () => {
  await saveScoreModel(db, { source: model(60, 10) });
  await publishScoreModel(db);
  await lead('ann', { answer: 'handoff.accepted' });
  await lead('ben', { answer: 'handoff.rejected' });
  await lead('cid', { vp: false, answer: 'handoff.accepted' });
  // What comes after the answer is not held against the model.
  await pumped(db, [happening('form.submitted', { keys: ['email:cid@example.test'], traits: { jobTitle: 'VP' } })]);
  const { result } = await tried(model(10, 10));
  expect(result).toMatchObject({
    sales: {
      ...{ accepted: 2, rejected: 1, enough: false },
      // Fields are as they are today: Cid decides now.
      now: { truePositives: 2, falsePositives: 1, falseNegatives: 0, precision: 0.667, recall: 1 },
      draft: { truePositives: 0, falseNegatives: 2, trueNegatives: 1, precision: null, recall: 0 },
    },
  });
});

test('without a published model nobody had points', async () => {
  await lead('ann');
  expect((await tried(model(60, 10))).result).toMatchObject({
    now: { tiers: { none: 1 } },
    draft: { tiers: { high: 1 } },
    mqls: [{ now: 0, draft: 1 }],
  });
});

test('a trial goes on where it was killed', async () => {
  for (let i = 0; i < 450; i += 50) {
    await pumped(
      db,
      Array.from({ length: 50 }, (_, k) => happening('form.submitted', { keys: [`email:p${i + k}@example.test`] })),
    );
  }
  const draft = model(5, 30);
  const whole = await tried(draft);
  const job = await trial(draft);
  // Two workers at the same page: one of them was thought dead.
  await Promise.all([runPages(db, scoreTrialPage, { job, most: 1 }), runPages(db, scoreTrialPage, { job, most: 1 })]);
  const killed = await runPages(db, scoreTrialPage, { job });
  expect(killed.result).toEqual(whole.result);
  expect(whole.result).toMatchObject({ contacts: 450, draft: { tiers: { medium: 450 } }, tally: null });
});
