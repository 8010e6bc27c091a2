import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Graph } from '../../../workflows/journeys/graph';
import type { PersonaSource } from '../../../workflows/simulation/persona-shape';
import { readPersonas } from '../../../workflows/simulation/read-personas';
import { runPersona } from '../../../workflows/simulation/run-persona';

const ebook = graphOf(
  readFileSync(join(__dirname, '../../../workflows/journeys/catalog/ebook-follow-up.yaml'), 'utf8'),
);

function graphOf(source: string): Graph {
  const compiled = compileJourney(source, { templates: null, topics: null });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.graph;
}

async function run(source: PersonaSource, graph = ebook) {
  const read = readPersonas(source, graph);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const [persona] = read.personas;
  if (!persona) throw new Error('none');
  return runPersona(graph, persona);
}

const sent = ({ messages }: Awaited<ReturnType<typeof run>>) =>
  messages.map(({ template, local }) => `${local} ${template}`);

describe('a persona in a draft', () => {
  test('whoever brings points passes as their tier', async () => {
    const file = join(__dirname, '../../../workflows/journeys/catalog/re-engagement.yaml');
    const graph = graphOf(readFileSync(file, 'utf8'));
    const does = [{ after: '2 days', event: 'page.viewed' }];
    expect((await run({ does }, graph)).asked).toEqual(['education-track']);
    expect((await run({ does, score: { fit: 10, engagement: 30 } }, graph)).asked).toEqual(['solution-track']);
  });

  test('who does nothing gets the other path', async () => {
    const told = await run({});
    expect(sent(told)).toEqual([
      'Mon 5 Jan 2026 09:00 guide-delivery',
      'Wed 7 Jan 2026 09:00 guide-case-study',
      'Mon 12 Jan 2026 09:00 guide-video',
    ]);
    expect([told.outcome, told.endedAt]).toEqual(['completed', '2026-01-12T09:00:00.000Z']);
  });

  test('a click counts from its mail', async () => {
    const told = await run({ does: [{ after: '3 hours', event: 'email.clicked', of: 'case-study' }] });
    expect(sent(told).at(-1)).toBe('Wed 7 Jan 2026 12:00 product-benefits');
    expect(told.steps.find(({ stepId }) => stepId === 'five-days')).toMatchObject({
      outcome: 'on:0',
      reason: 'email.clicked came before the wait was over',
    });
  });

  test('a deed of any message counts from it', async () => {
    const graph = graphOf(
      readFileSync(join(__dirname, '../../../workflows/journeys/catalog/ebook-follow-up.yaml'), 'utf8').replace(
        /steps:[^]*/,
        `steps:
  - { id: note, kind: message, via: in-app, title: Hello }
  - { id: day, kind: wait, for: 1 day, on: [{ event: message.clicked, of: note, next: seen }] }
  - { id: late, kind: exit, outcome: late }
  - { id: seen, kind: exit, outcome: seen }`,
      ),
    );
    const told = await run({ does: [{ after: '3 hours', event: 'message.clicked', of: 'note' }] }, graph);
    expect(told.outcome).toBe('seen');
  });

  test("times are the persona's own", async () => {
    const told = await run({ entersAt: '2026-10-24T09:00', contact: { timezone: 'Europe/Berlin' } });
    expect(told.enteredAt).toBe('2026-10-24T07:00:00.000Z');
    // The clocks go back on the 25th: two calendar days are 49 hours.
    expect(told.messages[1]).toMatchObject({ at: '2026-10-26T08:00:00.000Z', local: 'Mon 26 Oct 2026 09:00' });
  });

  test('an opt-out ends it at once', async () => {
    const told = await run({ does: [{ after: '1 day', do: 'opt-out' }] });
    expect([told.outcome, told.endedAt, told.messages.length]).toEqual(['unsubscribed', '2026-01-06T09:00:00.000Z', 1]);
  });

  test('a pause holds until it is lifted', async () => {
    const told = await run({
      does: [
        { after: '1 day', do: 'pause' },
        { after: '4 days', do: 'resume' },
      ],
    });
    expect(sent(told)[1]).toBe('Fri 9 Jan 2026 09:00 guide-case-study');
  });

  test('without an address it rests, and says why', async () => {
    const told = await run({ contact: { email: null } });
    expect([told.outcome, told.endedAt]).toEqual(['no-address', '2026-02-04T09:00:00.000Z']);
  });
});

describe('a bad persona', () => {
  const problemsOf = (source: string) => {
    const read = readPersonas(source, ebook);
    return read.ok ? [] : read.problems.map(({ path, line, message, hint }) => [path, line, message, hint ?? '']);
  };

  test.each([
    [
      'persona: Ada\ndoes:\n  - { after: 1 day, event: email.clicked, of: case-studi }\n',
      ['/does/0/of', 3, 'no step `case-studi` sends a message', 'did you mean `case-study`?'],
    ],
    [
      '- persona: Ada\n  does:\n    - { event: page.viewed }\n',
      [
        '/0/does/0',
        3,
        'entry 1 of `does` must say when: either `after` or `at`',
        '{ after: 2 days, event: page.viewed }',
      ],
    ],
    [
      'persona: Ada\nzone: UTC\n',
      ['/zone', 2, 'unknown key `zone`', 'known here: `persona`, `entersAt`, `contact`, `entry`, `score`, `does`'],
    ],
    [
      'persona: Ada\nentersAt: tomorrow\n',
      ['/entersAt', 2, '`entersAt` must be an ISO date and time', 'such as 2026-11-23T09:00:00Z'],
    ],
  ])('%j is refused with its place', (source, problem) => {
    expect(problemsOf(source)).toEqual([problem]);
  });
});
