import { compileSteps, problemsOf } from './journey-text';

const done = '  - { id: done, kind: exit, outcome: completed }';

test('a step further on that is named twice is no loop', () => {
  const steps = ['  - { id: late, kind: wait, for: 1 day, next: end }', `  - { id: end, kind: exit, outcome: x }`];
  const compiled = compileSteps(['  - { id: a, kind: wait, on: [{ event: x, next: end }] }', ...steps].join('\n'));
  expect(problemsOf(compiled)).toEqual([]);
});

describe('an entry by the journey itself', () => {
  const finished = (where: string) => `{ event: journey.finished, where: { journey: ${where} } }`;

  test.each([
    ['end of another', finished('other'), 'always'],
    ['later return', finished('sample'), '{ after: 90 days }'],
    ['single entry', '{ event: journey.finished }', 'never'],
  ])('%s may enter', (_title, entry, reentry) => {
    const change = `entry: [${entry}]\nreentry: ${reentry}`;
    expect(problemsOf(compileSteps(done, ['entry: [{ event: form.submitted }]', change]))).toEqual([]);
  });
});

test('a run per key may lead into another', () => {
  const steps = `  - { id: next-one, kind: enroll, journey: sample, with: { orderId: 2 } }\n${done}`;
  expect(problemsOf(compileSteps(steps, ['steps:', 'reentry: { per: orderId }\nsteps:']))).toEqual([]);
});

test.each([
  ['a period', 'for: 1 day'],
  ['a weekday', 'until: { weekday: monday, at: "09:00" }'],
  ['a behaviour', 'on: [{ event: x }]'],
])('a repeat over a wait for %s may come again', (_title, wait) => {
  const steps = ['  - { id: mail, kind: email, template: t }', `  - { id: w, kind: wait, ${wait} }`];
  const again = '  - { id: again, kind: repeat, from: mail, times: 3 }';
  expect(problemsOf(compileSteps([...steps, again, done].join('\n')))).toEqual([]);
});

test('a message of the round before may be asked for', () => {
  const steps = [
    '  - { id: w, kind: wait, for: 1 day, on: [{ event: email.clicked, of: mail, next: done }] }',
    '  - { id: mail, kind: email, template: t }',
    '  - { id: again, kind: repeat, from: w, times: 3 }',
  ];
  expect(problemsOf(compileSteps([...steps, done].join('\n')))).toEqual([]);
});

test('an exit leads to steps that nothing else reaches', () => {
  const steps = [
    '  - { id: mail, kind: email, template: t, next: done }',
    '  - { id: back, kind: wait, for: 1 day, on: [{ event: email.clicked, of: mail }] }',
    done,
  ];
  const compiled = compileSteps(steps.join('\n'), ['steps:', 'exits: [{ event: activity, next: back }]\nsteps:']);
  expect(problemsOf(compiled)).toEqual([]);
});

test('what cannot be known is not checked', () => {
  const steps = `  - { id: n, kind: notify, to: anybody, via: [email], text: "{{ anything }}" }
  - { id: m, kind: email, template: any, from: anybody }
  - { id: h, kind: message, via: webhook, to: any }
  - { id: done, kind: exit, outcome: x, into: any }`;
  expect(problemsOf(compileSteps(steps, ['steps:', 'unless: { segment: any }\nsteps:']))).toEqual([]);
});
