import { compileSteps, problemsOf } from './journey-text';

const done = '  - { id: done, kind: exit, outcome: completed }';
const stepKeys = '`id`, `if`, `kind`, `template`, `from`, `send`, `window`, `ifCapped`, `with`, `next`';
const stepKinds =
  '`email`, `message`, `notify`, `wait`, `branch`, `split`, `repeat`, `update`, `score`, `task`, `enroll`, `handoff`, `exit`';
const conditionKinds =
  '`all`, `any`, `not`, `field`, `property`, `did`, `journey`, `segment`, `score`, `tier`, `mails`, `consent`, `handoff`';
const operators = '`is`, `in`, `contains`, `startsWith`, `gt`, `gte`, `lt`, `lte`, `exists`';
const documentKeys =
  '`journey`, `name`, `explain`, `topic`, `stage`, `responsible`, `review`, `priority`, `entry`, `reentry`, `unless`, `exits`, `defaultExits`, `window`, `spread`, `steps`';
const durations =
  'a whole number and seconds, minutes, hours, days, weeks or working days: `2 days`, `90 minutes`, `3 working days`';

test.each<[string, [string, string], string]>([
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
])('journey: %s', (_title, replace, expected) => {
  expect(problemsOf(compileSteps(done, replace))).toEqual([expected]);
});

test.each<[string, string, string]>([
  ['no kind', '{ id: a }', `11 /steps/0/kind: \`kind\` is missing (a step is one of ${stepKinds})`],
  [
    'kind misspelled',
    '{ id: a, kind: emial }',
    '11 /steps/0/kind: there is no step of kind `emial` (did you mean `email`?)',
  ],
  ['text for a step', 'hello', '11 /steps/0: entry 1 of `steps` must be a mapping'],
  ['no id', '{ kind: email, template: t }', '11 /steps/0/id: `id` is missing'],
  [
    'id with a dot',
    '{ id: a.b, kind: email, template: t }',
    '11 /steps/0/id: `id` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['template missing', '{ id: a, kind: email }', '11 /steps/0/template: `template` is missing'],
  ['template empty', '{ id: a, kind: email, template: }', '11 /steps/0/template: `template` is empty'],
  [
    'key misspelled',
    '{ id: a, kind: email, tempalte: t, template: t }',
    '11 /steps/0/tempalte: unknown key `tempalte` (did you mean `template`?)',
  ],
  [
    'key of another kind',
    '{ id: a, kind: email, template: t, until: x }',
    `11 /steps/0/until: unknown key \`until\` (known here: ${stepKeys})`,
  ],
  ['send', '{ id: a, kind: email, template: t, send: now }', '11 /steps/0/send: `send` must be `at-once`'],
  [
    'entry with more than a path',
    '{ id: a, kind: email, template: t, with: { x: { entry: p, default: q } } }',
    '11 /steps/0/with/x/default: unknown key `default` (known here: `entry`)',
  ],
  [
    'variable with a hyphen',
    '{ id: a, kind: email, template: t, with: { a-b: 1 } }',
    '11 /steps/0/with/a-b: `a-b` must be letters, digits and `_`',
  ],
  ['wait for nothing', '{ id: a, kind: wait }', '11 /steps/0: this waits for nothing (add `for`, `until` or `on`)'],
  [
    'wait for and until',
    '{ id: a, kind: wait, for: 1 day, until: { day: 2, at: "09:00" } }',
    '11 /steps/0: `for` and `until` exclude each other',
  ],
  ['duration', '{ id: a, kind: wait, for: 2d }', `11 /steps/0/for: \`for\` must be a duration (${durations})`],
  ['too long', '{ id: a, kind: wait, for: 600 weeks }', '11 /steps/0/for: `for` must be ten years at most'],
  ['for as a number', '{ id: a, kind: wait, for: 2 }', '11 /steps/0/for: `for` must be text'],
  [
    'until nothing known',
    '{ id: a, kind: wait, until: tomorrow }',
    '11 /steps/0/until: `until` must say until when (one of {day, at}, {date, at}, {field, at}, {weekday, at})',
  ],
  [
    'until day 0',
    '{ id: a, kind: wait, until: { day: 0, at: "09:00" } }',
    '11 /steps/0/until/day: `day` must be at least 1',
  ],
  ['until without at', '{ id: a, kind: wait, until: { day: 2 } }', '11 /steps/0/until/at: `at` is missing'],
  [
    'until no time of day',
    '{ id: a, kind: wait, until: { day: 2, at: 9am } }',
    '11 /steps/0/until/at: `at` must be a time of day (four digits, 24 hours: "09:30")',
  ],
  [
    'until no date',
    '{ id: a, kind: wait, until: { date: Christmas } }',
    '11 /steps/0/until/date: `date` must be an ISO date (for example 2026-12-24, with `at` for the time of day)',
  ],
  [
    'until no weekday',
    '{ id: a, kind: wait, until: { weekday: mon, at: "09:00" } }',
    '11 /steps/0/until/weekday: `weekday` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`',
  ],
  [
    'until an unknown field',
    '{ id: a, kind: wait, until: { field: renewal } }',
    '11 /steps/0/until/field: a contact has no field `renewal` (a custom field is `traits.renewal`)',
  ],
  [
    'next and do',
    '{ id: a, kind: wait, on: [{ event: x, next: done, do: [{ id: b, kind: exit, outcome: b }] }] }',
    '11 /steps/0/on/0: `next` and `do` exclude each other',
  ],
  [
    'since',
    '{ id: a, kind: wait, on: [{ event: x, since: start }] }',
    `11 /steps/0/on/0/since: \`since\` must be a duration (${durations})`,
  ],
  ['branch without cases', '{ id: a, kind: branch }', '11 /steps/0/cases: `cases` is missing'],
  [
    'case without a way',
    '{ id: a, kind: branch, cases: [{ when: { segment: customers } }] }',
    '11 /steps/0/cases/0: a case needs either `next` or `do` (name a step, or nest steps under `do`)',
  ],
  [
    'case with a wrong condition',
    '{ id: a, kind: branch, cases: [{ when: { all: [{ did: x, tmes: 2 }] }, next: done }] }',
    '11 /steps/0/cases/0/when/all/0/tmes: unknown key `tmes` (did you mean `times`?)',
  ],
  [
    'within and since',
    '{ id: a, kind: email, template: t, if: { did: x, within: 1 day, since: entry } }',
    '11 /steps/0/if: `within` and `since` exclude each other',
  ],
  [
    'exit with next',
    '{ id: a, kind: exit, outcome: x, next: done }',
    '11 /steps/0/next: nothing follows an exit (only an exit with `if` can be passed by)',
  ],
])('step: %s', (_title, step, expected) => {
  expect(problemsOf(compileSteps(`  - ${step}\n${done}`))).toEqual([expected]);
});

test('every problem is told at once, in order of lines', () => {
  const steps = '  - { id: a, kind: email }\n  - { id: b, kind: wait, for: ages }\n  - { id: c }';
  const problems = problemsOf(compileSteps(steps, ['90 days', 'soon']));
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['7', '11', '12', '13']);
});
