import { pathsOf, type Paths } from '../../../workflows/simulation/paths';
import { graphOf } from '../interpreter/play';

const told = ({ paths }: Paths) =>
  paths.map(({ choices, messages, outcome }) => [
    choices.map(({ stepId, outcome: way }) => `${stepId} ${way}`).join(', '),
    messages.map(({ stepId }) => stepId).join(', '),
    outcome,
  ]);

describe('the paths of a journey', () => {
  test('each end of a wait is one', async () => {
    const graph = graphOf(`
      - { id: guide, kind: email, template: guide }
      - { id: week, kind: wait, for: 7 days, on: [{ event: email.clicked, of: guide, next: more }] }
      - { id: last, kind: email, template: last, next: done }
      - { id: more, kind: email, template: more }
      - { id: done, kind: exit, outcome: completed }`);
    const paths = await pathsOf(graph, { enteredAt: Date.parse('2026-11-23T09:00:00Z') });
    expect(told(paths)).toEqual([
      ['week timeout', 'guide, last', 'completed'],
      ['week on:0', 'guide, more', 'completed'],
    ]);
    expect(paths.paths.map(({ endsAt }) => endsAt)).toEqual(['2026-11-30T09:00:00.000Z', '2026-11-23T09:00:00.000Z']);
    expect([paths.complete, paths.untaken]).toEqual([true, []]);
  });

  test('a condition asked twice is answered once', async () => {
    const graph = graphOf(`
      - id: first
        kind: branch
        cases: [{ when: { field: country, is: de }, do: [{ id: german, kind: email, template: a }] }]
      - id: second
        kind: branch
        cases:
          - { when: { not: { field: country, is: de } }, next: done }
          - { when: { all: [{ field: country, is: de }, { field: industry, is: saas }] }, do: [{ id: both, kind: email, template: b }] }
      - { id: done, kind: exit, outcome: completed }`);
    expect(told(await pathsOf(graph))).toEqual([
      ['first case:0, second case:1', 'german, both', 'completed'],
      ['first case:0, second else', 'german', 'completed'],
      ['first else, second case:0', '', 'completed'],
    ]);
  });

  test('a way that nothing leads to is named', async () => {
    const graph = graphOf(`
      - id: fork
        kind: branch
        cases:
          - { when: { property: plan, is: pro }, next: done }
          - { when: { all: [{ property: plan, is: pro }, { field: country, is: de }] }, next: other }
        else: done
      - { id: other, kind: exit, outcome: other }
      - { id: done, kind: exit, outcome: completed }`);
    expect((await pathsOf(graph)).untaken).toEqual([
      { stepId: 'fork', outcome: 'case:1', why: 'what was decided before rules it out' },
    ]);
  });

  test('points make a tier uncertain again', async () => {
    const graph = graphOf(`
      - { id: a, kind: email, template: a, if: { tier: high } }
      - { id: more, kind: score, points: 50, reason: asked }
      - { id: b, kind: email, template: b, if: { tier: high } }
      - { id: done, kind: exit, outcome: completed }`);
    expect((await pathsOf(graph)).paths).toHaveLength(4);
  });

  test('time makes a field uncertain again, not the entry', async () => {
    const graph = graphOf(`
      - { id: a, kind: email, template: a, if: { field: country, is: de } }
      - { id: b, kind: email, template: b, if: { property: plan, is: pro } }
      - { id: day, kind: wait, for: 1 day }
      - { id: c, kind: email, template: c, if: { field: country, is: de } }
      - { id: d, kind: email, template: d, if: { property: plan, is: pro } }
      - { id: done, kind: exit, outcome: completed }`);
    const { paths } = await pathsOf(graph);
    expect(paths).toHaveLength(8);
    expect(
      paths.every(({ messages }) => {
        const ids = messages.map(({ stepId }) => stepId);
        return ids.includes('b') === ids.includes('d');
      }),
    ).toBe(true);
  });

  test('a message makes mails uncertain again', async () => {
    const asked = '{ mails: last 1, clicked: none }';
    const graph = graphOf(`
      - { id: a, kind: email, template: a, if: ${asked} }
      - { id: b, kind: email, template: b, if: ${asked} }
      - { id: done, kind: exit, outcome: completed }`);
    expect((await pathsOf(graph)).paths.map(({ messages }) => messages.map(({ stepId }) => stepId))).toEqual([
      ['a', 'b'],
      ['a'],
      [],
    ]);
  });

  test('more than it may walk is said', async () => {
    const steps = Array.from(
      { length: 6 },
      (_, n) => `- { id: s${n}, kind: email, template: t, if: { field: f${n}, is: x } }`,
    );
    const graph = graphOf(
      `${steps.join('\n')}\n- { id: done, kind: exit, outcome: completed }`.replaceAll('field: f', 'field: traits.f'),
    );
    const { complete, paths } = await pathsOf(graph, { most: 10 });
    expect([complete, paths.length]).toEqual([false, 10]);
  });
});
