import fc from 'fast-check';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { compileSteps, problemsOf, unchecked } from './journey-text';

function stepsOf(text: string) {
  const compiled = compileSteps(text);
  expect(problemsOf(compiled)).toEqual([]);
  return compiled.ok ? compiled.graph : null;
}

test('next is the following step unless named', () => {
  const graph = stepsOf(`  - { id: a, kind: email, template: t }
  - { id: b, kind: wait, for: 1 day }
  - { id: c, kind: wait, for: 2 days, on: [{ event: x, next: e }, { event: y }] }
  - { id: d, kind: exit, outcome: done }
  - { id: e, kind: exit, outcome: early }`);
  expect(graph?.first).toBe('a');
  expect(graph?.steps).toEqual({
    a: { id: 'a', kind: 'email', template: 't', next: 'b' },
    b: { id: 'b', kind: 'wait', for: '1 day', on: [], next: 'c' },
    c: {
      id: 'c',
      kind: 'wait',
      for: '2 days',
      on: [
        { event: 'x', of: [], next: 'e' },
        { event: 'y', of: [], next: 'd' },
      ],
      next: 'd',
    },
    d: { id: 'd', kind: 'exit', outcome: 'done' },
    e: { id: 'e', kind: 'exit', outcome: 'early' },
  });
});

test('do falls through to the step after its parent', () => {
  const graph = stepsOf(`  - id: fork
    kind: branch
    cases:
      - when: { segment: customers }
        do:
          - id: inner
            kind: branch
            cases: [{ when: { segment: target-accounts }, do: [{ id: deep, kind: email, template: t }] }]
      - { when: { field: industry, is: x }, next: end }
    else:
      do:
        - { id: other, kind: email, template: t }
  - id: pause
    kind: wait
    for: 1 day
    next: end
    on: [{ event: x, do: [{ id: reacted, kind: email, template: t }] }]
  - { id: end, kind: exit, outcome: done }`);
  const next = (id: string) => {
    const step = graph?.steps[id];
    if (step?.kind === 'email') return step.next;
    if (step?.kind === 'wait') return [step.next, ...step.on.map((one) => one.next)];
    return step?.kind === 'branch' ? [...step.cases.map((one) => one.next), step.else] : null;
  };
  expect(next('fork')).toEqual(['inner', 'end', 'other']);
  expect(next('inner')).toEqual(['deep', 'pause']);
  expect(next('deep')).toBe('pause');
  expect(next('other')).toBe('pause');
  expect(next('pause')).toEqual(['end', 'reacted']);
  expect(next('reacted')).toBe('end');
});

test('of journey becomes every message', () => {
  const graph = stepsOf(`  - { id: a, kind: email, template: t, with: { asset: { entry: form.asset }, n: [1] } }
  - { id: b, kind: email, template: t, if: { not: { did: email.opened, of: journey } } }
  - { id: w, kind: wait, on: [{ event: email.clicked, of: journey }, { event: email.clicked, of: b }] }
  - { id: d, kind: exit, outcome: done }`);
  expect(graph?.steps['w']).toMatchObject({ on: [{ of: ['a', 'b'] }, { of: ['b'] }] });
  expect(graph?.steps['b']).toMatchObject({ if: { not: { did: 'email.opened', of: ['a', 'b'] } } });
  expect(graph?.steps['a']).toMatchObject({ with: { asset: { entry: 'form.asset' }, n: [1] } });
});

test('a branch or exit with if gets a guard', () => {
  const graph = stepsOf(`  - { id: out, kind: exit, outcome: early, if: { segment: customers } }
  - { id: mail, kind: email, template: t }
  - { id: last, kind: exit, outcome: done }`);
  expect(graph?.first).toBe('out.if');
  expect(graph?.steps['out.if']).toEqual({
    id: 'out.if',
    kind: 'branch',
    cases: [{ when: { segment: 'customers' }, next: 'out' }],
    else: 'mail',
  });
  expect(graph?.steps['out']).toEqual({ id: 'out', kind: 'exit', outcome: 'early' });
});

test('a guarded branch is entered by its guard', () => {
  const graph = stepsOf(`  - { id: mail, kind: email, template: t }
  - id: fork
    kind: branch
    if: { segment: target-accounts }
    cases: [{ when: { segment: customers }, next: one }]
    else: two
    next: three
  - { id: one, kind: exit, outcome: one }
  - { id: two, kind: exit, outcome: two }
  - { id: three, kind: exit, outcome: three }`);
  expect(graph?.steps['mail']).toMatchObject({ next: 'fork.if' });
  expect(graph?.steps['fork.if']).toMatchObject({ cases: [{ next: 'fork' }], else: 'three' });
  expect(graph?.steps['fork']).toMatchObject({ cases: [{ next: 'one' }], else: 'two' });
});

test.each<[string, object]>([
  ['never', { kind: 'never' }],
  ['always', { kind: 'always' }],
  ['{ after: 90 days }', { kind: 'after', period: '90 days' }],
  ['{ per: order.id }', { kind: 'per', property: 'order.id' }],
])('reentry %s', (reentry, expected) => {
  const compiled = compileSteps('  - { id: d, kind: exit, outcome: x }', ['steps:', `reentry: ${reentry}\nsteps:`]);
  expect(compiled.ok && compiled.graph.reentry).toEqual(expected);
});

test('what is left out has its default', () => {
  const compiled = compileJourney(
    { journey: 'x', explain: 'X.', topic: 'education', entry: [], steps: [{ id: 'd', kind: 'exit', outcome: 'x' }] },
    unchecked,
  );
  expect(compiled.ok && compiled.graph).toEqual({
    journey: 'x',
    name: 'x',
    topic: 'education',
    priority: 50,
    first: 'd',
    steps: { d: { id: 'd', kind: 'exit', outcome: 'x' } },
    entries: [],
    reentry: { kind: 'never' },
    exits: [],
    defaultExits: true,
  });
});

const word = fc.constantFrom('a', 'b', 'journey', 'email', 'wait', 'branch', 'exit', '1 day', 'x.y', '');
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, word, fc.jsonValue(), fc.array(tie('value'), { maxLength: 3 }), tie('mapping')),
  mapping: fc.dictionary(
    fc.constantFrom(
      'id',
      'kind',
      'next',
      'do',
      'on',
      'cases',
      'when',
      'else',
      'if',
      'event',
      'of',
      'for',
      'until',
      'template',
      'outcome',
      'all',
      'did',
      '__proto__',
    ),
    tie('value'),
  ),
})).value;

test('whatever is written, it compiles or says why', () => {
  const documents = fc.record({ steps: fc.array(value, { maxLength: 4 }), entry: value, unless: value });
  fc.assert(
    fc.property(documents, (odd) => {
      const compiled = compileJourney({ journey: 'x', explain: 'X.', topic: 'education', ...odd }, unchecked);
      return compiled.ok || (compiled.problems.length > 0 && compiled.problems.every(({ message }) => message !== ''));
    }),
    { numRuns: 2000 },
  );
});

test('any text compiles or says why', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const compiled = compileJourney(text, unchecked);
      return !compiled.ok && compiled.problems.length > 0;
    }),
    { numRuns: 2000 },
  );
});
