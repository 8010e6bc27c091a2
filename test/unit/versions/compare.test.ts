import { compareVersions } from '../../../workflows/domain/versions/compare';
import { graphOf } from '../interpreter/play';

const OLD = `  - { id: one, kind: email, template: t }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: page.viewed, next: two }] }
  - { id: two, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`;

const changesOf = (now: string) => {
  const { steps } = compareVersions(graphOf(OLD), graphOf(now));
  return Object.fromEntries(
    steps
      .filter(({ change }) => change !== 'same')
      .map(({ stepId, change, differences }) => [stepId, [change, ...differences.map(({ what }) => what)]]),
  );
};

test('the same document has no changes', () => {
  expect(changesOf(OLD)).toEqual({});
});

const cases: [string, [string, string], Record<string, string[]>][] = [
  ['another wait time', ['2 days', '3 days'], { pause: ['changed', 'wait time'] }],
  ['another behaviour', ['page.viewed', 'form.submitted'], { pause: ['changed', 'behaviours'] }],
  ['another path', ['next: two }]', 'next: done }]'], { pause: ['changed', 'path'] }],
  [
    'another template',
    ['one, kind: email, template: t', 'one, kind: email, template: u'],
    { one: ['changed', 'template'] },
  ],
  [
    'a condition',
    ['template: t }\n  - { id: done', 'template: t, if: { field: country, is: NL } }\n  - { id: done'],
    { two: ['changed', 'condition'] },
  ],
  [
    'a sender',
    ['one, kind: email, template: t', 'one, kind: email, template: t, from: owner'],
    { one: ['changed', 'sender'] },
  ],
  ['a step that is gone', ['  - { id: one, kind: email, template: t }\n', ''], { one: ['gone'] }],
  [
    'another kind',
    ['one, kind: email, template: t', "one, kind: score, points: 5, reason: 'x'"],
    { one: ['replaced', 'kind'] },
  ],
];

test.each(cases)('%s is told', (_name, [from, to], changes) => {
  expect(changesOf(OLD.replace(from, to))).toEqual(changes);
});

test('a new step follows the old ones', () => {
  const now = OLD.replace('  - { id: done', '  - { id: more, kind: wait, for: 1 day }\n  - { id: done');
  const { steps } = compareVersions(graphOf(OLD), graphOf(now));
  expect(steps.map(({ stepId, change }) => `${stepId} ${change}`)).toEqual([
    'one same',
    'pause same',
    'two changed',
    'done same',
    'more new',
  ]);
});

test('both values are told', () => {
  const { steps } = compareVersions(graphOf(OLD), graphOf(OLD.replace('2 days', '3 days')));
  expect(steps[1]?.differences).toEqual([{ what: 'wait time', from: '2 days', to: '3 days' }]);
});

test('what differs in the journey itself is told', () => {
  const before = graphOf(OLD);
  const now = { ...before, priority: 90 };
  const { journey } = compareVersions(before, now);
  expect(journey).toEqual([{ what: 'priority', from: before.priority, to: 90 }]);
});
