import { done, inSteps, type Case } from './case';

const mail = '  - { id: mail, kind: email, template: t }';

function atOnce(line: number): string {
  return `${line} /steps/${line - 11}/from: \`again\` can go back to \`mail\` and come again without waiting (put a wait on each way: \`for\`, until a weekday, or \`on\` alone)`;
}

const cases: [title: string, steps: string[], expected: string[]][] = [
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
  [
    'behaviour without messages',
    ['  - { id: w, kind: wait, on: [{ event: email.clicked, of: mail }] }', done],
    ['11 /steps/0/on/0/of: there is no message step `mail` (there is none)'],
  ],
  [
    'mail event of a text message',
    [
      '  - { id: text, kind: message, via: sms, text: x }',
      '  - { id: w, kind: wait, on: [{ event: email.clicked, of: text }] }',
      done,
    ],
    [
      '12 /steps/1/on/0/of: `email.clicked` never happens to `text`, a step of kind message (message.delivered, message.failed)',
    ],
  ],
  [
    'message event of a mail',
    [mail, '  - { id: w, kind: wait, on: [{ event: message.failed, of: mail }] }', done],
    [
      '12 /steps/1/on/0/of: `message.failed` never happens to `mail`, a step of kind email (email.clicked, email.opened, email.replied)',
    ],
  ],
  [
    'unknown step after an arm',
    [
      '  - { id: s, kind: split, arms: [{ name: a, next: dne }, { name: b }], holdout: { weight: 1, next: gone } }',
      done,
    ],
    [
      '11 /steps/0/arms/0/next: there is no step `dne` (did you mean `done`?)',
      '11 /steps/0/holdout/next: there is no step `gone` (did you mean `done`?)',
    ],
  ],
  [
    'unknown step after a handoff',
    ['  - { id: h, kind: handoff, reason: x, on: [{ event: handoff.rejected, next: dome }] }', done],
    ['11 /steps/0/on/0/next: there is no step `dome` (did you mean `done`?)'],
  ],
  [
    'split at the end',
    ['  - { id: s, kind: split, arms: [{ name: a }, { name: b, do: [{ id: x, kind: exit, outcome: x }] }] }'],
    [
      '11 /steps/0: nothing comes after `s`: the path does not end (end it with { id: done, kind: exit, outcome: completed })',
    ],
  ],
  [
    'update at the end',
    [mail, '  - { id: u, kind: update, tags: { add: [x] } }'],
    [
      '12 /steps/1: nothing comes after `u`: the path does not end (end it with { id: done, kind: exit, outcome: completed })',
    ],
  ],
  [
    'step after a split whose arms lead elsewhere',
    ['  - { id: s, kind: split, arms: [{ name: a, next: done }, { name: b, next: done }] }', mail, done],
    ['12 /steps/1: nobody can reach `mail` (let a `next` name it, or remove it)'],
  ],
  [
    'arm that leads back',
    [mail, '  - { id: s, kind: split, arms: [{ name: a, next: mail }, { name: b }] }', done],
    [
      '12 /steps/1/arms/0: `s` leads back to `mail`: a loop without a bound (go back by a step { id: again, kind: repeat, from: mail, times: 3 })',
    ],
  ],
  [
    'repeat from a step that is not there',
    [mail, '  - { id: again, kind: repeat, from: mial, times: 2 }', done],
    ['12 /steps/1/from: there is no step `mial` (did you mean `mail`?)'],
  ],
  [
    'repeat from a later step',
    ['  - { id: again, kind: repeat, from: mail, times: 2 }', mail, done],
    [
      '11 /steps/0/from: `again` cannot go back to `mail`: no way leads from there to `again` (name a step that comes before it)',
    ],
  ],
  [
    'repeat from itself',
    [mail, '  - { id: again, kind: repeat, from: again, times: 2 }', done],
    [
      '12 /steps/1/from: `again` cannot go back to `again`: no way leads from there to `again` (name a step that comes before it)',
    ],
  ],
  ['repeat without a wait', [mail, '  - { id: again, kind: repeat, from: mail, times: 2 }', done], [atOnce(12)]],
  [
    'repeat with a wait on one way only',
    [
      mail,
      '  - { id: b, kind: branch, cases: [{ when: { tier: high }, next: again }] }',
      '  - { id: w, kind: wait, for: 1 day }',
      '  - { id: again, kind: repeat, from: mail, times: 2 }',
      done,
    ],
    [atOnce(14)],
  ],
  [
    'repeat over a wait that may be passed',
    [
      mail,
      '  - { id: w, kind: wait, for: 1 day, if: { tier: high } }',
      '  - { id: again, kind: repeat, from: mail, times: 2 }',
      done,
    ],
    [atOnce(13)],
  ],
  [
    'repeat over a wait that is over the second time',
    [
      mail,
      '  - { id: w, kind: wait, until: { day: 3, at: "09:00" } }',
      '  - { id: again, kind: repeat, from: mail, times: 2 }',
      done,
    ],
    [atOnce(13)],
  ],
];

/** What may be wrong between steps. */
export const graphCases: Case[] = cases.map(([title, steps, expected]) => inSteps(title, steps, expected));
