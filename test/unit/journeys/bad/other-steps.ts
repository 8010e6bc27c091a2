import { durations } from './known';
import { inStep, type Case } from './case';

const cases: [title: string, step: string, ...expected: string[]][] = [
  ['message without channel', '{ id: a, kind: message, text: Hello }', '11 /steps/0/via: `via` is missing'],
  [
    'message: via',
    '{ id: a, kind: message, via: email, text: Hello }',
    '11 /steps/0/via: `via` must be one of `sms`, `chat`, `in-app`, `webhook`',
  ],
  ['message: sms without text', '{ id: a, kind: message, via: sms }', '11 /steps/0: a message via `sms` needs `text`'],
  [
    'message: sms with title',
    '{ id: a, kind: message, via: sms, text: Hello, title: Hi }',
    '11 /steps/0/title: `title` has no meaning via `sms`',
  ],
  [
    'message: sms to',
    '{ id: a, kind: message, via: sms, text: Hello, to: room }',
    '11 /steps/0/to: `to` has no meaning via `sms`',
  ],
  [
    'message: chat without all',
    '{ id: a, kind: message, via: chat }',
    '11 /steps/0: a message via `chat` needs `to`',
    '11 /steps/0: a message via `chat` needs `text`',
  ],
  [
    'message: in-app without all',
    '{ id: a, kind: message, via: in-app }',
    '11 /steps/0: a message via `in-app` needs `title` or `text`',
  ],
  [
    'message: in-app preset',
    '{ id: a, kind: message, via: in-app, text: x, preset: direct-mail }',
    '11 /steps/0/preset: `preset` has no meaning via `in-app`',
  ],
  [
    'message: webhook without to',
    '{ id: a, kind: message, via: webhook }',
    '11 /steps/0: a message via `webhook` needs `to`',
  ],
  [
    'message: webhook with text and url',
    '{ id: a, kind: message, via: webhook, to: x, text: y, url: z }',
    '11 /steps/0/text: `text` has no meaning via `webhook` (what it is to carry stands under `with`)',
    '11 /steps/0/url: `url` has no meaning via `webhook` (what it is to carry stands under `with`)',
  ],
  [
    'message: preset',
    '{ id: a, kind: message, via: webhook, to: x, preset: audience }',
    '11 /steps/0/preset: `preset` must be one of `audience-add`, `audience-remove`, `direct-mail`',
  ],
  ['message: text empty', '{ id: a, kind: message, via: sms, text: "" }', '11 /steps/0/text: `text` is empty'],
  [
    'message: text long',
    `{ id: a, kind: message, via: sms, text: ${'x'.repeat(4001)} }`,
    '11 /steps/0/text: `text` must have at most 4000 characters',
  ],
  ['message: title', '{ id: a, kind: message, via: in-app, title: 7 }', '11 /steps/0/title: `title` must be text'],
  ['message: url', '{ id: a, kind: message, via: in-app, title: x, url: "" }', '11 /steps/0/url: `url` is empty'],
  [
    'message: send',
    '{ id: a, kind: message, via: sms, text: x, send: now }',
    '11 /steps/0/send: `send` must be `at-once`',
  ],
  [
    'message: window',
    '{ id: a, kind: message, via: sms, text: x, window: { from: 9, to: "10:00" } }',
    '11 /steps/0/window/from: `from` must be text',
  ],
  [
    'message: ifCapped',
    '{ id: a, kind: message, via: sms, text: x, ifCapped: yes please }',
    '11 /steps/0/ifCapped: `ifCapped` must be one of `wait`, `skip`',
  ],
  [
    'message: with',
    '{ id: a, kind: message, via: webhook, to: x, with: { 1a: x } }',
    '11 /steps/0/with/1a: `1a` must be letters, digits and `_`',
  ],
  [
    'message: to',
    '{ id: a, kind: message, via: webhook, to: https://x }',
    '11 /steps/0/to: `to` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['notify: to', '{ id: a, kind: notify, via: [email], text: x }', '11 /steps/0/to: `to` is missing'],
  ['notify: via', '{ id: a, kind: notify, to: owner, via: email, text: x }', '11 /steps/0/via: `via` must be a list'],
  [
    'notify: via none',
    '{ id: a, kind: notify, to: owner, via: [], text: x }',
    '11 /steps/0/via: `via` needs at least 1',
  ],
  [
    'notify: via phone',
    '{ id: a, kind: notify, to: owner, via: [phone], text: x }',
    '11 /steps/0/via/0: entry 1 of `via` must be one of `email`, `chat`, `sms`',
  ],
  [
    'notify: via twice',
    '{ id: a, kind: notify, to: owner, via: [email, email], text: x }',
    '11 /steps/0/via: `via` must name each channel once',
  ],
  ['notify: text', '{ id: a, kind: notify, to: owner, via: [email] }', '11 /steps/0/text: `text` is missing'],
  ['split: no arms', '{ id: a, kind: split }', '11 /steps/0/arms: `arms` is missing'],
  ['split: arms', '{ id: a, kind: split, arms: [] }', '11 /steps/0/arms: `arms` needs at least 1'],
  [
    'split: one arm',
    '{ id: a, kind: split, arms: [{ name: x }] }',
    '11 /steps/0/arms: this splits nobody (add another arm, or a `holdout`)',
  ],
  [
    'split: name',
    '{ id: a, kind: split, arms: [{ name: x }, { weight: 1 }] }',
    '11 /steps/0/arms/1/name: `name` is missing',
  ],
  [
    'split: two of one name',
    '{ id: a, kind: split, arms: [{ name: x }, { name: x }] }',
    '11 /steps/0/arms: two arms have one name (give each its own)',
  ],
  [
    'split: arm called holdout',
    '{ id: a, kind: split, arms: [{ name: x }, { name: holdout }] }',
    '11 /steps/0/arms/1/name: `name` is not free (it is the arm of `holdout`)',
  ],
  [
    'split: weight 0',
    '{ id: a, kind: split, arms: [{ name: x, weight: 0 }, { name: y }] }',
    '11 /steps/0/arms/0/weight: `weight` must be at least 1',
  ],
  [
    'split: weight 1001',
    '{ id: a, kind: split, arms: [{ name: x, weight: 1001 }, { name: y }] }',
    '11 /steps/0/arms/0/weight: `weight` must be at most 1000',
  ],
  [
    'split: weight as a share',
    '{ id: a, kind: split, arms: [{ name: x, weight: 0.5 }, { name: y }] }',
    '11 /steps/0/arms/0/weight: `weight` must be a whole number',
  ],
  [
    'split: arm next and do',
    '{ id: a, kind: split, arms: [{ name: x, next: done, do: [{ id: b, kind: exit, outcome: x }] }, { name: y }] }',
    '11 /steps/0/arms/0: `next` and `do` exclude each other',
  ],
  [
    'split: holdout without weight',
    '{ id: a, kind: split, arms: [{ name: x }], holdout: {} }',
    '11 /steps/0/holdout/weight: `weight` is missing',
  ],
  [
    'split: holdout as a number',
    '{ id: a, kind: split, arms: [{ name: x }], holdout: 10 }',
    '11 /steps/0/holdout: `holdout` must be a mapping',
  ],
  ['repeat: from', '{ id: a, kind: repeat, times: 2 }', '11 /steps/0/from: `from` is missing'],
  ['repeat: times', '{ id: a, kind: repeat, from: a }', '11 /steps/0/times: `times` is missing'],
  ['repeat: times 0', '{ id: a, kind: repeat, from: a, times: 0 }', '11 /steps/0/times: `times` must be at least 1'],
  [
    'repeat: times 101',
    '{ id: a, kind: repeat, from: a, times: 101 }',
    '11 /steps/0/times: `times` must be at most 100',
  ],
  ['update nothing', '{ id: a, kind: update }', '11 /steps/0: this changes nothing (add `set` or `tags`)'],
  [
    'update: set nothing',
    '{ id: a, kind: update, set: {} }',
    '11 /steps/0: this changes nothing (add `set` or `tags`)',
  ],
  [
    'update: address',
    '{ id: a, kind: update, set: { email: x@example.com } }',
    '11 /steps/0/set/email: `email` cannot be set by a journey (an address comes from its owner, or from the API)',
  ],
  [
    'update: tags as a field',
    '{ id: a, kind: update, set: { traits.tags: [a] } }',
    '11 /steps/0/set/traits.tags: `traits.tags` is set by `tags` (tags: { add: [...], remove: [...] })',
  ],
  [
    'update: what follows from another field',
    '{ id: a, kind: update, set: { seniority: vp } }',
    '11 /steps/0/set/seniority: `seniority` cannot be set: it follows from the job title (set `jobTitle`)',
  ],
  [
    'update: no field',
    '{ id: a, kind: update, set: { industri: x, plan: y, traits.a.b: z } }',
    '11 /steps/0/set/industri: `industri` is no field of a contact (did you mean `industry`?)',
    '11 /steps/0/set/plan: `plan` is no field of a contact (a custom field is `traits.plan`)',
    '11 /steps/0/set/traits.a.b: `traits.a.b` is no field of a contact (a custom field is `traits.ab`)',
  ],
  [
    'update: mapping',
    '{ id: a, kind: update, set: { traits.a: { b: c } } }',
    '11 /steps/0/set/traits.a: `traits.a` must be text, a number, true, false, a list, or nothing (or a property of the entry event: { entry: path })',
  ],
  [
    'update: value that does not fit',
    '{ id: a, kind: update, set: { targetAccount: perhaps } }',
    '11 /steps/0/set/targetAccount: `targetAccount` does not fit: it holds true or false',
  ],
  [
    'update: entry with more',
    '{ id: a, kind: update, set: { industry: { entry: a, default: b } } }',
    '11 /steps/0/set/industry/default: unknown key `default` (known here: `entry`)',
  ],
  [
    'update: tags nothing',
    '{ id: a, kind: update, tags: {} }',
    '11 /steps/0/tags: this changes nothing (name tags under `add` or `remove`)',
  ],
  ['update: tags as a list', '{ id: a, kind: update, tags: [a] }', '11 /steps/0/tags: `tags` must be a mapping'],
  [
    'update: tag both',
    '{ id: a, kind: update, tags: { add: [VIP], remove: [vip] } }',
    '11 /steps/0/tags: a tag is both added and removed',
  ],
  [
    'update: tag empty',
    '{ id: a, kind: update, tags: { add: [" "] } }',
    '11 /steps/0/tags/add/0: entry 1 of `add` is empty',
  ],
  ['score: points missing', '{ id: a, kind: score, reason: x }', '11 /steps/0/points: `points` is missing'],
  ['score: points 0', '{ id: a, kind: score, points: 0, reason: x }', '11 /steps/0/points: `points` must not be 0'],
  [
    'score: too many',
    '{ id: a, kind: score, points: 1001, reason: x }',
    '11 /steps/0/points: `points` must be at most 1000',
  ],
  [
    'score: too few',
    '{ id: a, kind: score, points: -1001, reason: x }',
    '11 /steps/0/points: `points` must be at least -1000',
  ],
  [
    'score: axis',
    '{ id: a, kind: score, points: 1, axis: total, reason: x }',
    '11 /steps/0/axis: `axis` must be one of `engagement`, `fit`',
  ],
  ['score: reason', '{ id: a, kind: score, points: 1 }', '11 /steps/0/reason: `reason` is missing'],
  ['task: type missing', '{ id: a, kind: task, title: x }', '11 /steps/0/type: `type` is missing'],
  [
    'task: type',
    '{ id: a, kind: task, type: phone, title: x }',
    '11 /steps/0/type: `type` must be one of `call`, `email`, `linkedin`, `custom`',
  ],
  ['task: title', '{ id: a, kind: task, type: call }', '11 /steps/0/title: `title` is missing'],
  [
    'task: to',
    '{ id: a, kind: task, type: call, title: x, to: Anna Smith }',
    '11 /steps/0/to: `to` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['task: note', '{ id: a, kind: task, type: call, title: x, note: [y] }', '11 /steps/0/note: `note` must be text'],
  [
    'task: due',
    '{ id: a, kind: task, type: call, title: x, due: tomorrow }',
    `11 /steps/0/due: \`due\` must be a duration (${durations})`,
  ],
  ['enroll: journey', '{ id: a, kind: enroll }', '11 /steps/0/journey: `journey` is missing'],
  ['enroll: with', '{ id: a, kind: enroll, journey: b, with: x }', '11 /steps/0/with: `with` must be a mapping'],
  [
    'enroll itself',
    '{ id: a, kind: enroll, journey: sample }',
    '11 /steps/0/journey: `sample` cannot take whom it has already (name another journey, or go back by a `repeat` step)',
  ],
  ['handoff: reason', '{ id: a, kind: handoff }', '11 /steps/0/reason: `reason` is missing'],
  [
    'handoff: suggest',
    '{ id: a, kind: handoff, reason: x, suggest: visit }',
    '11 /steps/0/suggest: `suggest` must be one of `call`, `email`, `linkedin`, `custom`',
  ],
  [
    'handoff: for',
    '{ id: a, kind: handoff, reason: x, for: ever }',
    `11 /steps/0/for: \`for\` must be a duration (${durations})`,
  ],
  [
    'handoff: on',
    '{ id: a, kind: handoff, reason: x, on: [{ event: handoff.refused, next: done }] }',
    '11 /steps/0/on/0/event: Nurture makes no event `handoff.refused` (docs/events.md lists them)',
  ],
];

/** What may be wrong with one step that sends elsewhere, chooses by chance, repeats or only writes. */
export const otherStepCases: Case[] = cases.map(([title, step, ...expected]) => inStep(title, step, ...expected));
