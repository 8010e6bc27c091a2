import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { compileSteps, head, problemsOf } from './journey-text';

const done = '  - { id: done, kind: exit, outcome: completed }';
const mail = '  - { id: mail, kind: email, template: t }';

test.each<[string, string[], string[]]>([
  ['two steps of one id', [mail, mail, done], ['12 /steps/1/id: there are two steps `mail` (give each its own id)']],
  [
    'reserved id',
    ['  - { id: journey, kind: email, template: t }', done],
    ['11 /steps/0/id: a step cannot be called `journey`'],
  ],
  [
    'unknown step',
    ['  - { id: mail, kind: email, template: t, next: dome }', done],
    ['11 /steps/0/next: there is no step `dome` (did you mean `done`?)'],
  ],
  [
    'unknown step after a behaviour',
    ['  - id: w', '    kind: wait', '    on:', '      - { event: x, next: nowhere }', done],
    ['14 /steps/0/on/0/next: there is no step `nowhere` (steps: `w`, `done`)'],
  ],
  [
    'unknown step after a case',
    ['  - { id: b, kind: branch, cases: [{ when: { segment: customers }, next: nowhere }] }', done],
    ['11 /steps/0/cases/0/next: there is no step `nowhere` (steps: `b`, `done`)'],
  ],
  [
    'unknown step after else',
    ['  - { id: b, kind: branch, cases: [{ when: { segment: customers }, next: done }], else: don }', done],
    ['11 /steps/0/else: there is no step `don` (did you mean `done`?)'],
  ],
  [
    'path without an end',
    [mail],
    [
      '11 /steps/0: nothing comes after `mail`: the path does not end (end it with { id: done, kind: exit, outcome: completed })',
    ],
  ],
  [
    'nested path without an end',
    [
      '  - id: b',
      '    kind: branch',
      '    cases:',
      '      - when: { segment: customers }',
      '        do:',
      `        ${mail}`,
    ],
    [
      '11 /steps/0: nothing comes after `b`: the path does not end (end it with { id: done, kind: exit, outcome: completed })',
      '16 /steps/0/cases/0/do/0: nothing comes after `mail`: the path does not end (end it with { id: done, kind: exit, outcome: completed })',
    ],
  ],
  [
    'unreachable step',
    ['  - { id: a, kind: email, template: t, next: done }', mail, done],
    ['12 /steps/1: nobody can reach `mail` (let a `next` name it, or remove it)'],
  ],
  [
    'steps after an exit',
    ['  - { id: out, kind: exit, outcome: x }', mail, done],
    [
      '12 /steps/1: nobody can reach `mail` (let a `next` name it, or remove it)',
      '13 /steps/2: nobody can reach `done` (let a `next` name it, or remove it)',
    ],
  ],
  [
    'loop',
    [mail, '  - { id: pause, kind: wait, for: 1 day, next: mail, on: [{ event: x, next: done }] }', done],
    [
      '12 /steps/1/next: `pause` leads back to `mail`: a loop without a bound (go back by a step { id: again, kind: repeat, from: mail, times: 3 })',
    ],
  ],
  [
    'step that follows itself',
    ['  - { id: w, kind: wait, for: 1 day, on: [{ event: x, next: w }] }', done],
    [
      '11 /steps/0/on/0: `w` leads back to `w`: a loop without a bound (go back by a step { id: again, kind: repeat, from: w, times: 3 })',
    ],
  ],
  [
    'behaviour of no message',
    [mail, '  - { id: w, kind: wait, on: [{ event: email.clicked, of: mial }] }', done],
    ['12 /steps/1/on/0/of: there is no message step `mial` (did you mean `mail`?)'],
  ],
  [
    'behaviour of a wait',
    [mail, '  - { id: w, kind: wait, on: [{ event: email.clicked, of: [mail, done] }] }', done],
    ['12 /steps/1/on/0/of: there is no message step `done` (messages: `mail`)'],
  ],
  [
    'behaviour of a later message',
    ['  - { id: w, kind: wait, for: 1 day, on: [{ event: email.clicked, of: mail }] }', mail, done],
    ['11 /steps/0/on/0/of: `mail` is never sent before `w`'],
  ],
  [
    'behaviour that is not about messages',
    [mail, '  - { id: w, kind: wait, on: [{ event: page.viewed, of: mail }] }', done],
    [
      '12 /steps/1/on/0/of: `page.viewed` is not about a message, so `of` cannot hold (email.clicked, email.opened, email.replied)',
    ],
  ],
  [
    'group with of',
    [mail, '  - { id: w, kind: wait, on: [{ event: activity, of: journey }] }', done],
    [
      '12 /steps/1/on/0/of: `activity` is not about a message, so `of` cannot hold (use one of its types: email.clicked, email.opened, email.replied)',
    ],
  ],
  [
    'condition of the journey without messages',
    ['  - { id: b, kind: branch, cases: [{ when: { did: email.clicked, of: journey }, next: done }] }', done],
    ['11 /steps/0/cases/0/when/of: this journey sends no message'],
  ],
])('%s', (_title, steps, expected) => {
  expect(problemsOf(compileSteps(steps.join('\n')))).toEqual(expected);
});

test('a step further on that is named twice is no loop', () => {
  const steps = ['  - { id: late, kind: wait, for: 1 day, next: end }', `  - { id: end, kind: exit, outcome: x }`];
  const compiled = compileSteps(['  - { id: a, kind: wait, on: [{ event: x, next: end }] }', ...steps].join('\n'));
  expect(problemsOf(compiled)).toEqual([]);
});

describe('an entry by the journey itself', () => {
  const problems = (entry: string, reentry: string) =>
    problemsOf(compileSteps(done, ['entry: [{ event: form.submitted }]', `entry: [${entry}]\nreentry: ${reentry}`]));
  const finished = (where: string) => `{ event: journey.finished, where: { journey: ${where} } }`;

  test.each([
    ['its end', finished('sample'), 'always'],
    ['the end of any journey', '{ event: journey.finished }', 'always'],
    ['one end of several', finished('{ in: [other, sample] }'), 'always'],
    ['its beginning', '{ event: journey.entered }', 'always'],
    ['each run of it', finished('sample'), '{ per: enrollmentId }'],
  ])('%s is refused', (_title, entry, reentry) => {
    const event = entry.includes('finished') ? 'journey.finished' : 'journey.entered';
    expect(problems(entry, reentry)).toEqual([
      `9 /entry/0: \`${event}\` of \`sample\` itself lets people in again and again, without end (name another journey by \`where: { journey: … }\`, or let some time pass by \`reentry: { after: 90 days }\`)`,
    ]);
  });

  test.each([
    ['end of another', finished('other'), 'always'],
    ['later return', finished('sample'), '{ after: 90 days }'],
    ['single entry', '{ event: journey.finished }', 'never'],
  ])('%s may enter', (_title, entry, reentry) => {
    expect(problems(entry, reentry)).toEqual([]);
  });
});

test('topics and templates must be there', () => {
  const lookups = { templates: new Set(['welcome-mail']), topics: new Set(['education', 'product']) };
  const text = `${head.replace('topic: education', 'topic: educatoin')}\n  - { id: m, kind: email, template: welcome-mial }\n${done}`;
  expect(problemsOf(compileJourney(text, lookups))).toEqual([
    '4 /topic: there is no topic `educatoin` (did you mean `education`?)',
    '11 /steps/0/template: there is no published template `welcome-mial` (did you mean `welcome-mail`?)',
  ]);
  expect(problemsOf(compileJourney(text, { ...lookups, templates: new Set(), topics: new Set(['news']) }))).toEqual([
    '4 /topic: there is no topic `educatoin` (topics: `news`)',
    '11 /steps/0/template: there is no published template `welcome-mial` (publish it first)',
  ]);
});
