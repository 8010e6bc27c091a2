import { conditionKinds, durations, emailKeys as stepKeys, stepKinds } from './known';
import { inStep, type Case } from './case';

const cases: [title: string, step: string, ...expected: string[]][] = [
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
  [
    'email: from',
    '{ id: a, kind: email, template: t, from: Owner }',
    '11 /steps/0/from: `from` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  ['email: from nobody', '{ id: a, kind: email, template: t, from: [] }', '11 /steps/0/from: `from` needs at least 1'],
  [
    'email: ifCapped',
    '{ id: a, kind: email, template: t, ifCapped: drop }',
    '11 /steps/0/ifCapped: `ifCapped` must be one of `wait`, `skip`',
  ],
  [
    'email: window',
    '{ id: a, kind: email, template: t, window: night }',
    '11 /steps/0/window: `window` must say when messages may leave (one of any, { days: [monday, friday], from: "09:00", to: "17:00" })',
  ],
  ['email: with', '{ id: a, kind: email, template: t, with: [a] }', '11 /steps/0/with: `with` must be a mapping'],
  [
    'email: text as with in condition',
    '{ id: a, kind: email, template: t, if: always }',
    `11 /steps/0/if: \`if\` must be a condition (a condition has one of ${conditionKinds})`,
  ],
  ['email: next', '{ id: a, kind: email, template: t, next: 7 }', '11 /steps/0/next: `next` must be text'],
  ['wait: on nothing', '{ id: a, kind: wait, on: [] }', '11 /steps/0/on: `on` needs at least 1'],
  [
    'wait: on without event',
    '{ id: a, kind: wait, on: [{ next: done }] }',
    '11 /steps/0/on/0/event: `event` is missing',
  ],
  [
    'wait: of',
    '{ id: a, kind: wait, on: [{ event: email.clicked, of: [] }] }',
    '11 /steps/0/on/0/of: `of` needs at least 1',
  ],
  [
    'wait: of in capitals',
    '{ id: a, kind: wait, on: [{ event: email.clicked, of: A }] }',
    '11 /steps/0/on/0/of: `of` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  [
    'wait: where',
    '{ id: a, kind: wait, on: [{ event: x, where: { a: { gt: b } } }] }',
    '11 /steps/0/on/0/where/a/gt: `gt` must be a number or an ISO date (for example 10 or "2026-12-24")',
  ],
  [
    'wait: do nothing',
    '{ id: a, kind: wait, on: [{ event: x, do: [] }] }',
    '11 /steps/0/on/0/do: `do` needs at least 1',
  ],
  [
    'branch: else',
    '{ id: a, kind: branch, cases: [{ when: { tier: high }, next: done }], else: [done] }',
    '11 /steps/0/else: `else` must be text',
  ],
  [
    'branch: else of nothing',
    '{ id: a, kind: branch, cases: [{ when: { tier: high }, next: done }], else: { next: done } }',
    '11 /steps/0/else/do: `do` is missing',
    '11 /steps/0/else/next: unknown key `next` (known here: `do`)',
  ],
  ['branch: no cases', '{ id: a, kind: branch, cases: [] }', '11 /steps/0/cases: `cases` needs at least 1'],
  [
    'branch: when',
    '{ id: a, kind: branch, cases: [{ next: done }] }',
    `11 /steps/0/cases/0/when: \`when\` is missing (a condition has one of ${conditionKinds})`,
  ],
  [
    'branch: both',
    '{ id: a, kind: branch, cases: [{ when: { tier: high }, next: done, do: [{ id: b, kind: exit, outcome: x }] }] }',
    '11 /steps/0/cases/0: a case needs either `next` or `do` (name a step, or nest steps under `do`)',
  ],
  ['exit: outcome', '{ id: a, kind: exit, if: { tier: high } }', '11 /steps/0/outcome: `outcome` is missing'],
  [
    'exit: into',
    '{ id: a, kind: exit, outcome: x, into: Other, if: { tier: high } }',
    '11 /steps/0/into: `into` must be lower-case letters, digits, `-` and `_` (for example `five-days`)',
  ],
  [
    'exit: into itself',
    '{ id: a, kind: exit, outcome: x, into: sample, if: { tier: high } }',
    '11 /steps/0/into: `sample` never takes somebody back who has just left it (name another journey, or go back by a `repeat` step)',
  ],
  [
    'exit: with nobody',
    '{ id: a, kind: exit, outcome: x, with: { a: 1 }, if: { tier: high } }',
    '11 /steps/0/with: `with` is for another journey (name it by `into`)',
  ],
  [
    'exit: with',
    '{ id: a, kind: exit, outcome: x, into: b, with: { a-b: 1 }, if: { tier: high } }',
    '11 /steps/0/with/a-b: `a-b` must be letters, digits and `_`',
  ],
];

/** What may be wrong with one step. */
export const stepCases: Case[] = cases.map(([title, step, ...expected]) => inStep(title, step, ...expected));
