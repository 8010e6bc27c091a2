import { acceptEvents } from '../../prisma/stores/events';
import { apiClient, type ApiClient } from '../support/client';
import { crowd, enrollments, untilAll } from '../support/crowd';
import { plainTemplate, publishedJourney } from '../support/journeys';
import { poll } from '../support/poll';
import { happening } from '../support/pump';
import { startTestStack, type TestStack } from '../support/stack';

/** 1,000 takes about a minute on two cores; MOVE_PEOPLE says how many. */
const PEOPLE = Number(process.env['MOVE_PEOPLE'] ?? 150);
const DAY = 86_400;
/** For each of the three stretches; a machine that does other things too is slow to enrol a crowd. */
const PATIENCE_MS = 60_000 + PEOPLE * 700;

jest.setTimeout(3 * PATIENCE_MS);

const KEY = 'nudge';
const JOURNEY = `
journey: ${KEY}
name: Nudge
explain: A mail, three days, and another mail; a page view cuts it short.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: ${KEY} } }]
steps:
  - { id: first, kind: email, template: nudge-first }
  - { id: rest, kind: wait, for: 3 days, on: [{ event: page.viewed, next: seen }] }
  - { id: second, kind: email, template: nudge-second }
  - { id: done, kind: exit, outcome: completed }
  - { id: seen, kind: email, template: nudge-seen }
  - { id: end, kind: exit, outcome: seen }
`;

/** Waits longer, and first of all for an answer: the index of the page view is another one now. */
const LONGER = JOURNEY.replace(
  'for: 3 days, on: [{ event: page.viewed, next: seen }]',
  'for: 5 days, on: [{ event: form.submitted, where: { form: answer }, next: answered }, { event: page.viewed, next: seen }]',
).concat(`  - { id: answered, kind: email, template: nudge-answered }
  - { id: thanks, kind: exit, outcome: answered }
`);

let stack: TestStack;
let api: ApiClient;
beforeAll(async () => {
  stack = await startTestStack();
  api = apiClient(stack.apiUrl, stack.apiKey);
  await publishedJourney(stack.db, JOURNEY);
  await plainTemplate(stack.db, 'nudge-answered');
}, 60_000);
afterAll(() => stack.stop());

async function put(document: string): Promise<void> {
  const response = await fetch(`${stack.apiUrl}/v1/journeys/${KEY}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ document }),
  });
  expect(response.status).toBe(200);
}

interface Row {
  email: string;
  version: number;
  outcome: string | null;
  status: string;
  /** Of the last visit. */
  stepId: string;
  waits: number | null;
  visits: string;
  mails: string[];
}

/** Where everybody is, how long their wait lasts in seconds since they came to it, and what they got. */
function everybody(): Promise<Row[]> {
  return stack.db.$queryRaw<Row[]>`
    select c.email, v.number as version, e.outcome, e.status, s.step_id as "stepId",
      (extract(epoch from s.deadline - f.arrived_at))::int as waits,
      (select string_agg(x.step_id || ' ' || coalesce(x.outcome, 'open'), ', ' order by x.visit)
        from step_visit x where x.enrollment_id = e.id) as visits,
      array(select o.subject from outbox o where o."to" = c.email order by o.subject) as mails
    from enrollment e
    join contact c on c.id = e.contact_id
    join journey_version v on v.id = e.version_id
    join step_visit s on s.enrollment_id = e.id and s.visit = e.visit
    join step_visit f on f.enrollment_id = e.id and f.visit = 2
    order by c.email`;
}

/** A third looks at a page, a third answers, a third does nothing. */
function behaviourOf(email: string, index: number) {
  const keys = [`email:${email}`];
  if (index % 3 === 0) return [happening('page.viewed', { keys })];
  return index % 3 === 1 ? [happening('form.submitted', { keys, properties: { form: 'answer' } })] : [];
}

test('people are moved while they act, and nothing is lost', async () => {
  const emails = await crowd(stack.db, KEY, { count: PEOPLE });
  await untilAll(stack.db, emails, { what: 'all rest', timeoutMs: PATIENCE_MS, is: ({ stepId }) => stepId === 'rest' });
  await put(LONGER);
  const plan = (await api.post(`/v1/journeys/${KEY}/plan`)).body;
  expect(plan.totals).toMatchObject({
    people: PEOPLE,
    move: {
      ...{ waitOn: PEOPLE, actAtOnce: 0, gone: 0 },
      deadlineMoves: { count: PEOPLE, min: 2 * DAY, median: 2 * DAY, max: 2 * DAY },
    },
  });
  const begun = performance.now();
  const published = await api.post(`/v1/journeys/${KEY}/publish`, { plan: plan.id, people: 'move' });
  expect(published).toMatchObject({ status: 202, body: { version: { number: 2 } } });
  const jobId: string = published.body.job.id;

  let acting = emails.map((email, index) => ({ email, index }));
  const act = async (count: number) => {
    const now = acting.slice(0, count);
    acting = acting.slice(count);
    await acceptEvents(
      stack.db,
      now.flatMap(({ email, index }) => behaviourOf(email, index)),
    );
  };
  const job = await poll(
    'the job',
    async () => {
      const { body } = await api.get(`/v1/jobs/${jobId}`);
      // Some act for each look at the job: before, during and after their own move.
      await act(Math.ceil(PEOPLE / 40));
      return body.state !== 'queued' && body.state !== 'running' && body;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 100 },
  );
  const tookMs = Math.round(performance.now() - begun);
  await act(acting.length);
  expect(job).toMatchObject({ state: 'done', progress: { total: PEOPLE, refused: 0 } });
  // Whoever ended by themselves before their turn is in nobody's count.
  const { moved: movedByJob, left, differs } = job.result;
  expect(movedByJob + left).toBe(PEOPLE + differs);
  expect(differs).toBeLessThanOrEqual(0);
  await untilAll(stack.db, emails, {
    what: 'all have gone where they go',
    timeoutMs: PATIENCE_MS,
    is: ({ email, status }) => status === (emails.indexOf(email) % 3 === 2 ? 'active' : 'finished'),
  });

  const rows = await everybody();
  expect(rows).toHaveLength(PEOPLE);
  const ends = ['seen', 'answered', null];
  for (const row of rows) {
    const expected = ends[emails.indexOf(row.email) % 3];
    expect(row).toMatchObject({ outcome: expected });
    // One that the page view took out before its move stays in the version that it was decided in.
    if (expected !== 'seen') expect(row.version).toBe(2);
    if (expected === null) expect(row).toMatchObject({ stepId: 'rest', waits: 5 * DAY });
    expect(row.mails).toEqual(['nudge-first', expected === null ? [] : `nudge-${expected}`].flat().sort());
  }
  // Each in one version: those whom the job moved, in their wait or, where that was won already, before their mail.
  const moved = rows.filter(({ version }) => version === 2).length;
  expect(moved).toBe(movedByJob);
  for (const { version, visits } of rows) expect(version === 2 || !visits.includes('moved')).toBe(true);
  process.stdout.write(`${moved} of ${PEOPLE} people moved in ${tookMs} ms\n`);
});

test('the run of a moved person has the new version', async () => {
  const [row] = await stack.db.$queryRaw<{ workflowId: string }[]>`
    select journey_key || '/' || id as "workflowId" from enrollment where status = 'active' limit 1`;
  expect(row).toBeDefined();
  const { temporalAddress: address, temporalNamespace: namespace } = stack;
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  const described = await new Client({ connection, namespace }).workflow.getHandle(row!.workflowId).describe();
  await connection.close();
  expect(described.searchAttributes).toMatchObject({ JourneyVersion: [2] });
});

test('whoever enters now is in the new version', async () => {
  const [email] = await crowd(stack.db, KEY, { count: 1, prefix: 'late' });
  await poll('their wait', async () => (await enrollments(stack.db, [email!]))[0]?.stepId === 'rest');
  const [row] = (await everybody()).filter((one) => one.email === email);
  expect(row).toMatchObject({ version: 2, waits: 5 * DAY });
});
