/** The sound model that each case changes; the parts stand on the lines that the problems name. */
export const sound = `model: sample
name: Sample
explain: Rates somebody.
fit:
  - { id: boss, when: { field: seniority, is: owner }, points: 15 }
  - { id: saas, when: { field: industry, is: saas }, points: 10 }
engagement:
  - { id: demo, on: demo.requested, points: 25 }
  - { id: click, on: email.clicked, points: 5, group: mail }
resets: [{ id: gone, on: email.unsubscribed, until: contact.resubscribed }]
caps: { fit: 60, engagement: 200, groups: { mail: 30 } }
silence: { after: 30 days, points: -5, unless: activity }
tiers: { low: 1, medium: 26, high: 71 }
grid: { fit: [25, 15, 1], engagement: [50, 25, 1] }
ready: { tier: high, fit: 15, human: 14 days }
thresholds: [75, 100]
`;

const operators = '`is`, `in`, `contains`, `startsWith`, `gt`, `gte`, `lt`, `lte`, `exists`';
const periods = 'a whole number and minutes, hours, days, weeks or months of 30 days: `7 days`, `1 month`';
const known =
  '`model`, `name`, `explain`, `fit`, `engagement`, `resets`, `caps`, `silence`, `halfLife`, `tiers`, `grid`, `ready`, `thresholds`';
const ruleKeys = '`id`, `on`, `where`, `points`, `times`, `within`, `per`, `max`, `cap`, `group`, `halfLife`';
const aboutFields = 'is not about fields: fit is judged when fields change, and on them alone';
const demo = 'id: demo, on: demo.requested, points: 25';
const boss = '{ field: seniority, is: owner }';
const key = 'must be lower-case letters, digits, `-` and `_` (for example `five-days`)';

export type BadCase = [title: string, change: [string, string], ...expected: string[]];

const head: BadCase[] = [
  ['model missing', ['model: sample', ''], '2 /model: `model` is missing'],
  ['model in capitals', ['sample', 'Sample'], `1 /model: \`model\` ${key}`],
  ['explain missing', ['explain: Rates somebody.', ''], '1 /explain: `explain` is missing'],
  ['misspelled key', ['silence', 'slience'], '12 /slience: unknown key `slience` (did you mean `silence`?)'],
  ['unknown key', ['name: Sample', 'colour: red'], `2 /colour: unknown key \`colour\` (known here: ${known})`],
  [
    'no YAML',
    ['model: sample', 'model: [sample'],
    '2 : this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
];

const fit: BadCase[] = [
  [
    'a field that is not there',
    [boss, '{ field: senority, is: owner }'],
    '5 /fit/0/when/field: a contact has no field `senority` (did you mean `seniority`?)',
  ],
  [
    'a custom field by its name',
    [boss, '{ field: plan, is: pro }'],
    '5 /fit/0/when/field: a contact has no field `plan` (a custom field is `traits.plan`)',
  ],
  [
    'a value that is never there',
    [boss, '{ field: seniority, is: ownr }'],
    '5 /fit/0/when/is: `seniority` is never `ownr` (did you mean `owner`?)',
  ],
  [
    'values that are never there',
    [boss, '{ field: seniority, in: [vp, boss] }'],
    '5 /fit/0/when/in/1: `seniority` is never `boss` (one of `student`, `intern`, `staff`, `manager`, `head`, `director`, `vp`, `c-level`, `owner`)',
  ],
  [
    'a size in other words',
    [boss, '{ field: companySize, in: [51-200, 50-200, lots] }'],
    '5 /fit/0/when/in/1: `companySize` is never `50-200` (it is kept as `51-200`)',
  ],
  [
    'an industry in other words',
    [boss, '{ field: industry, is: Software as a Service }'],
    '5 /fit/0/when/is: `industry` is never `Software as a Service` (it is kept as `saas`)',
  ],
  [
    'what people do',
    [boss, '{ did: demo.requested }'],
    `5 /fit/0/when/did: \`did\` ${aboutFields} (what people do gives points in \`engagement\`)`,
  ],
  [
    'a segment, deep inside',
    [boss, `{ all: [${boss}, { any: [{ not: { segment: customers } }] }] }`],
    `5 /fit/0/when/all/1/any/0/not/segment: \`segment\` ${aboutFields} (ask for the fields that are meant)`,
  ],
  [
    'a score',
    [boss, '{ score: total, atLeast: 5 }'],
    `5 /fit/0/when/score: \`score\` ${aboutFields} (ask for the fields that are meant)`,
  ],
  [
    'a property',
    [boss, '{ property: asset, is: x }'],
    `5 /fit/0/when/property: \`property\` ${aboutFields} (ask for the fields that are meant)`,
  ],
  ['nothing asked', [boss, '{ field: seniority }'], `5 /fit/0/when: this tests nothing (add one of ${operators})`],
  ['points as text', ['points: 15', 'points: many'], '5 /fit/0/points: `points` must be a number'],
  ['points in fractions', ['points: 15', 'points: 1.5'], '5 /fit/0/points: `points` must be a whole number'],
  ['points beyond reason', ['points: 15', 'points: 1001'], '5 /fit/0/points: `points` must be at most 1000'],
  ['two of one id', ['id: saas', 'id: boss'], '6 /fit/1/id: there are two rules `boss` (give each its own id)'],
  [
    'one id on both axes',
    ['id: click', 'id: boss'],
    '9 /engagement/1/id: there are two rules `boss` (give each its own id)',
  ],
  ['an id that means something', ['id: gone', 'id: silence'], '10 /resets/0/id: a rule cannot be called `silence`'],
  ['an id with a space', ['id: boss', 'id: big boss'], `5 /fit/0/id: \`id\` ${key}`],
];

const engagement: BadCase[] = [
  ['no event', [demo, 'id: demo, points: 25'], '8 /engagement/0/on: `on` is missing'],
  [
    'an event that nobody makes',
    ['email.clicked', 'email.cliked'],
    '9 /engagement/1/on: Nurture makes no event `email.cliked` (did you mean `email.clicked`?)',
  ],
  [
    'one of several events',
    ['on: email.clicked', 'on: [email.clicked, email.forwarded]'],
    '9 /engagement/1/on/1: Nurture makes no event `email.forwarded` (docs/events.md lists them)',
  ],
  [
    'an event that comes by another name',
    ['on: demo.requested', 'on: Demo'],
    '8 /engagement/0/on: `Demo` comes in as `demo.requested`, as the settings say (name `demo.requested`)',
  ],
  ['no points', ['points: 25', 'points: 0'], '8 /engagement/0/points: `points` must not be 0'],
  [
    'an unknown key',
    ['points: 25', 'points: 25, every: day'],
    `8 /engagement/0/every: unknown key \`every\` (known here: ${ruleKeys})`,
  ],
  [
    'times without within',
    [demo, `${demo}, times: 5`],
    '8 /engagement/0: `times` and `within` belong together (for example `times: 2, within: 7 days`)',
  ],
  ['once of times', [demo, `${demo}, times: 1, within: 7 days`], '8 /engagement/0/times: `times` must be at least 2'],
  [
    'within in other words',
    [demo, `${demo}, times: 2, within: a week`],
    `8 /engagement/0/within: \`within\` must be a period (${periods})`,
  ],
  [
    'within working days',
    [demo, `${demo}, times: 2, within: 3 working days`],
    `8 /engagement/0/within: \`within\` must be a period (${periods})`,
  ],
  [
    'a period beyond reason',
    [demo, `${demo}, halfLife: 122 months`],
    '8 /engagement/0/halfLife: `halfLife` must be ten years at most',
  ],
  [
    'per in other words',
    [demo, `${demo}, per: daily`],
    '8 /engagement/0/per: `per` must say how often the rule counts (one of once, day, week, month, or a period such as `7 days`)',
  ],
  ['per beyond reason', [demo, `${demo}, per: 4000 days`], '8 /engagement/0/per: `per` must be ten years at most'],
  [
    'max without per',
    [demo, `${demo}, max: 3`],
    '8 /engagement/0: `max` says how often within `per` (for example `per: day, max: 3`; to limit points for good, use `cap`)',
  ],
  [
    'max of once',
    [demo, `${demo}, per: once, max: 3`],
    '8 /engagement/0: `max` says how often within `per` (for example `per: day, max: 3`; to limit points for good, use `cap`)',
  ],
  [
    'a cap below the points',
    [demo, `${demo}, cap: 20`],
    '8 /engagement/0: `cap` is less than what the rule gives the first time',
  ],
  [
    'a cap of what counts once',
    [demo, `${demo}, per: once, cap: 50`],
    '8 /engagement/0: what counts once needs no `cap`',
  ],
  [
    'a test of nothing',
    [demo, `${demo}, where: { kind: {} }`],
    `8 /engagement/0/where/kind: this tests nothing (add one of ${operators})`,
  ],
];

const others: BadCase[] = [
  ['a reset by nothing', ['on: email.unsubscribed, ', ''], '10 /resets/0/on: `on` is missing'],
  [
    'a reset until what never comes',
    ['contact.resubscribed', 'contact.returned'],
    '10 /resets/0/until: Nurture makes no event `contact.returned` (docs/events.md lists them)',
  ],
  [
    'silence that gives points',
    ['points: -5', 'points: 5'],
    '12 /silence/points: `points` must be below 0: silence takes points',
  ],
  [
    'silence that never ends',
    ['activity', 'email.foo'],
    '12 /silence/unless: Nurture makes no event `email.foo` (docs/events.md lists them)',
  ],
  [
    'both kinds of fading',
    ['thresholds', 'halfLife: 30 days\nthresholds'],
    '1 : `halfLife` and `silence` are two ways for the same (choose one: points fade, or silence takes them)',
  ],
  [
    'a cap of an unknown group',
    ['mail: 30', 'mial: 30'],
    '11 /caps/groups/mial: no engagement rule is of the group `mial` (did you mean `mail`?)',
  ],
  [
    'a cap of quite another group',
    ['mail: 30', 'web: 30'],
    '11 /caps/groups/web: no engagement rule is of the group `web` (groups: `mail`)',
  ],
  [
    'a cap where no rule has a group',
    [', group: mail', ''],
    '11 /caps/groups/mail: no engagement rule is of the group `mail` (no rule names one)',
  ],
  ['a cap of nothing', ['fit: 60', 'fit: 0'], '11 /caps/fit: `fit` must be at least 1'],
  ['tiers in disorder', ['medium: 26', 'medium: 80'], '13 /tiers/high: `high` must begin above `medium`, at 80'],
  [
    'slack as wide as the lowest tier',
    ['high: 71', 'high: 71, slack: 1'],
    '13 /tiers/slack: `slack` must be below 1, where `low` begins: nobody would leave it',
  ],
  ['tiers without the highest', [', high: 71', ''], '13 /tiers/high: `high` is missing'],
  [
    'ready by a tier that is not there',
    [
      'low: 1, medium: 26, high: 71 }\ngrid: { fit: [25, 15, 1], engagement: [50, 25, 1] }\nready: { tier: high',
      'high: 71 }\nready: { tier: low',
    ],
    '14 /ready/tier: this model has no tier `low` (tiers: `high`)',
  ],
  [
    'ready by another word',
    ['tier: high', 'tier: hot'],
    '15 /ready/tier: `tier` must be one of `low`, `medium`, `high`',
  ],
  [
    'ready by what never comes',
    ['human: 14 days', 'human: 14 days, on: email.foo'],
    '15 /ready/on: Nurture makes no event `email.foo` (docs/events.md lists them)',
  ],
  [
    'ready beyond the cap',
    ['ready: { tier: high, fit: 15', 'ready: { tier: high, fit: 61'],
    '15 /ready/fit: nobody is ready: the cap of fit is 60',
  ],
  [
    'grades in disorder',
    ['[25, 15, 1]', '[25, 30, 1]'],
    '14 /grid/fit/1: a grade must begin below the better one before it',
  ],
  [
    'grades of another number',
    ['[50, 25, 1]', '[50, 25]'],
    '14 /grid/engagement: `engagement` needs three numbers: four grades lie between them',
  ],
  ['thresholds in disorder', ['[75, 100]', '[75, 75]'], '16 /thresholds/1: thresholds must ascend, each once'],
  [
    'a threshold beyond the caps',
    ['[75, 100]', '[75, 300]'],
    '16 /thresholds/1: nobody reaches 300: with its caps the total is 260 at most',
  ],
  [
    'a tier beyond the caps',
    ['high: 71', 'high: 261'],
    '13 /tiers/high: nobody reaches 261: with its caps the total is 260 at most',
  ],
];

/** Everything that is refused, by the part of the document where it stands. */
export const badCases: Readonly<Record<string, BadCase[]>> = { head, fit, engagement, others };
