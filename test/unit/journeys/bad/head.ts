import { conditionKinds, documentKeys, durations, operators } from './known';
import { inHead, type Case } from './case';

const cases: [title: string, change: [string, string], ...expected: string[]][] = [
  ['explain missing', ['explain: Somebody gets something.', ''], '1 /explain: `explain` is missing'],
  ['explain empty', ['Somebody gets something.', ''], '3 /explain: `explain` is empty'],
  ['explain of spaces', ['Somebody gets something.', '"  "'], '3 /explain: `explain` is empty'],
  ['misspelled key', ['priority', 'prioriy'], '8 /prioriy: unknown key `prioriy` (did you mean `priority`?)'],
  ['unknown key', ['stage', 'colour'], `5 /colour: unknown key \`colour\` (known here: ${documentKeys})`],
  ['number as text', ['50', 'high'], '8 /priority: `priority` must be a number'],
  ['number out of range', ['50', '101'], '8 /priority: `priority` must be at most 100'],
  ['fraction', ['50', '1.5'], '8 /priority: `priority` must be a whole number'],
  [
    'key in capitals',
    ['journey: sample', 'journey: Sample'],
    '1 /journey: `journey` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['key too long', ['sample', 'x'.repeat(65)], '1 /journey: `journey` must have at most 64 characters'],
  ['review', ['90 days', 'quarterly'], `7 /review: \`review\` must be a duration (${durations})`],
  ['entry missing', ['entry: [{ event: form.submitted }]', ''], '1 /entry: `entry` is missing'],
  [
    'entry by nothing',
    ['event: form.submitted', ''],
    '9 /entry/0: entry 1 of `entry` must say what lets people in (one of `event`, `becomes`, `segment`, `schedule`)',
  ],
  [
    'times without within',
    ['form.submitted', 'page.viewed, times: 2'],
    '9 /entry/0: `times` and `within` belong together (for example `times: 2, within: 7 days`)',
  ],
  ['entry as a mapping', ['[{ event: form.submitted }]', '{}'], '9 /entry: `entry` must be a list'],
  [
    'reserved event that nobody makes',
    ['form.submitted', 'email.forwarded'],
    '9 /entry/0/event: Nurture makes no event `email.forwarded` (docs/events.md lists them)',
  ],
  [
    'reserved event misspelled',
    ['form.submitted', 'email.cliked'],
    '9 /entry/0/event: Nurture makes no event `email.cliked` (did you mean `email.clicked`?)',
  ],
  [
    'where with an unknown operator',
    ['form.submitted', 'page.viewed, where: { path: { beginsWith: / } }'],
    `9 /entry/0/where/path/beginsWith: unknown key \`beginsWith\` (known here: ${operators})`,
  ],
  [
    'where with nothing',
    ['form.submitted', 'page.viewed, where: { path: {} }'],
    `9 /entry/0/where/path: this tests nothing (add one of ${operators})`,
  ],
  [
    'where with a list',
    ['form.submitted', 'page.viewed, where: { path: [/] }'],
    '9 /entry/0/where/path: `path` must be a value or a test of it',
  ],
  [
    'reentry in other words',
    ['steps:', 'reentry: sometimes\nsteps:'],
    '10 /reentry: `reentry` must say when somebody may come again (one of never, always, { after: 90 days }, { per: orderId })',
  ],
  [
    'reentry after no duration',
    ['steps:', 'reentry: { after: 3 months }\nsteps:'],
    `10 /reentry/after: \`after\` must be a duration (${durations})`,
  ],
  [
    'exits with outcome and next',
    ['steps:', 'exits: [{ event: order.completed, outcome: bought, next: done }]\nsteps:'],
    '10 /exits/0: entry 1 of `exits` needs either `outcome` or `next` (how the journey ends, or the step that it goes on with)',
  ],
  [
    'exits without outcome',
    ['steps:', 'exits: [{ event: x }]\nsteps:'],
    '10 /exits/0: entry 1 of `exits` needs either `outcome` or `next` (how the journey ends, or the step that it goes on with)',
  ],
  [
    'condition misspelled',
    ['steps:', 'unless: { segmnt: customers }\nsteps:'],
    '10 /unless: `segmnt` is no condition (did you mean `segment`?)',
  ],
  [
    'condition that is text',
    ['steps:', 'unless: customers\nsteps:'],
    `10 /unless: \`unless\` must be a condition (a condition has one of ${conditionKinds})`,
  ],
  [
    'condition without a test',
    ['steps:', 'unless: { field: industry }\nsteps:'],
    `10 /unless: this tests nothing (add one of ${operators})`,
  ],
  ['any of nothing', ['steps:', 'unless: { any: [] }\nsteps:'], '10 /unless/any: `any` needs at least 1'],
  [
    'unknown field',
    ['steps:', 'unless: { not: { field: industri, is: x } }\nsteps:'],
    '10 /unless/not/field: a contact has no field `industri` (did you mean `industry`?)',
  ],
  [
    'custom field without traits',
    ['steps:', 'unless: { field: plan, is: pro }\nsteps:'],
    '10 /unless/field: a contact has no field `plan` (a custom field is `traits.plan`)',
  ],
  [
    'journey status',
    ['steps:', 'unless: { journey: other, status: open }\nsteps:'],
    '10 /unless/status: `status` must be one of `active`, `finished`',
  ],
  [
    'of in unless',
    ['steps:', 'unless: { did: form.submitted, since: entry }\nsteps:'],
    '10 /unless/since: `since` has no meaning before the journey begins',
  ],
  [
    'order of text',
    ['steps:', 'unless: { field: budget, gt: much }\nsteps:'],
    '10 /unless/gt: `gt` must be a number or an ISO date (for example 10 or "2026-12-24")',
  ],
  [
    'word for a boolean',
    ['steps:', 'defaultExits: "no"\nsteps:'],
    '10 /defaultExits: `defaultExits` must be true or false',
  ],
  ['name as a number', ['name: Sample', 'name: 7'], '2 /name: `name` must be text'],
  ['name too long', ['name: Sample', `name: ${'x'.repeat(201)}`], '2 /name: `name` must have at most 200 characters'],
  ['topic missing', ['topic: education', ''], '1 /topic: `topic` is missing'],
  [
    'stage with a space',
    ['awareness', 'early stage'],
    '5 /stage: `stage` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['responsible empty', ['responsible: somebody', 'responsible: ""'], '6 /responsible: `responsible` is empty'],
  ['entry path empty', ['steps:', 'reentry: { per: "" }\nsteps:'], '10 /reentry/per: `per` is empty'],
  ['exits as a mapping', ['steps:', 'exits: { event: x, outcome: y }\nsteps:'], '10 /exits: `exits` must be a list'],
  ['exits without event', ['steps:', 'exits: [{ outcome: y }]\nsteps:'], '10 /exits/0/event: `event` is missing'],
  [
    'exits with a wrong outcome',
    ['steps:', 'exits: [{ event: x, outcome: Y }]\nsteps:'],
    '10 /exits/0/outcome: `outcome` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  [
    'exits with a where that is text',
    ['steps:', 'exits: [{ event: x, where: y, outcome: y }]\nsteps:'],
    '10 /exits/0/where: `where` must be a mapping',
  ],
  [
    'exits to a step that is not there',
    ['steps:', 'exits: [{ event: x, next: dome }]\nsteps:'],
    '10 /exits/0/next: there is no step `dome` (did you mean `done`?)',
  ],
  [
    'exits by an event that nobody makes',
    ['steps:', 'exits: [{ event: email.foo, next: done }]\nsteps:'],
    '10 /exits/0/event: Nurture makes no event `email.foo` (docs/events.md lists them)',
  ],
  [
    'window in words',
    ['steps:', 'window: office hours\nsteps:'],
    '10 /window: `window` must say when messages may leave (one of any, { days: [monday, friday], from: "09:00", to: "17:00" })',
  ],
  ['window without end', ['steps:', 'window: { from: "09:00" }\nsteps:'], '10 /window/to: `to` is missing'],
  [
    'window with a short day',
    ['steps:', 'window: { days: [mon], from: "09:00", to: "17:00" }\nsteps:'],
    '10 /window/days/0: entry 1 of `days` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`',
  ],
  [
    'window that never opens',
    ['steps:', 'window: { from: "09:00", to: "09:00" }\nsteps:'],
    '10 /window: this window never opens (`from` and `to` must differ)',
  ],
  [
    'window without days',
    ['steps:', 'window: { days: [], from: "09:00", to: "19:00" }\nsteps:'],
    '10 /window/days: `days` needs at least 1',
  ],
  [
    'window until midnight as 24',
    ['steps:', 'window: { from: "09:00", to: "24:00" }\nsteps:'],
    '10 /window/to: `to` must be a time of day (four digits, 24 hours: "09:30")',
  ],
  ['spread', ['steps:', 'spread: 60\nsteps:'], '10 /spread: `spread` must be text'],
  ['spread too long', ['steps:', 'spread: 2 days\nsteps:'], '10 /spread: `spread` must be a day at most'],
  [
    'yes as a key value',
    ['steps:', 'defaultExits: maybe\nsteps:'],
    '10 /defaultExits: `defaultExits` must be true or false',
  ],
];

/** What may be wrong with the head of a journey. */
export const headCases: Case[] = cases.map(([title, change, ...expected]) => inHead(title, change, ...expected));
