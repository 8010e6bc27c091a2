import { conditionKinds } from './known';
import { inHead, type Case } from './case';
import { unchecked } from '../journey-text';

const cases: [title: string, change: [string, string], ...expected: string[]][] = [
  [
    'score without bound',
    ['steps:', 'unless: { score: total }\nsteps:'],
    '10 /unless: this tests nothing (add `atLeast` or `below`)',
  ],
  [
    'score of nothing known',
    ['steps:', 'unless: { score: sum, atLeast: 1 }\nsteps:'],
    '10 /unless/score: `score` must be one of `total`, `fit`, `engagement`',
  ],
  [
    'score of text',
    ['steps:', 'unless: { score: fit, below: low }\nsteps:'],
    '10 /unless/below: `below` must be a number',
  ],
  [
    'tier',
    ['steps:', 'unless: { tier: hot }\nsteps:'],
    '10 /unless/tier: `tier` must be one of `none`, `low`, `medium`, `high`',
  ],
  [
    'tier of a list',
    ['steps:', 'unless: { tier: [high] }\nsteps:'],
    '10 /unless/tier: `tier` must be one of `none`, `low`, `medium`, `high`',
  ],
  ['tier in nothing', ['steps:', 'unless: { tier: { in: [] } }\nsteps:'], '10 /unless/tier/in: `in` needs at least 1'],
  [
    'mails',
    ['steps:', 'unless: { mails: last five, opened: none }\nsteps:'],
    '10 /unless/mails: `mails` must say how many mails (the last ones, 100 at most: `last 5`)',
  ],
  [
    'mails of none',
    ['steps:', 'unless: { mails: last 0, opened: none }\nsteps:'],
    '10 /unless/mails: `mails` must say how many mails (the last ones, 100 at most: `last 5`)',
  ],
  [
    'mails without test',
    ['steps:', 'unless: { mails: last 5 }\nsteps:'],
    '10 /unless: this tests nothing (add `opened` or `clicked`: `none`, `all` or `any` of them)',
  ],
  [
    'mails opened by some',
    ['steps:', 'unless: { mails: last 5, opened: some }\nsteps:'],
    '10 /unless/opened: `opened` must be one of `none`, `all`, `any`',
  ],
  [
    'mails clicked as a number',
    ['steps:', 'unless: { mails: last 5, clicked: 2 }\nsteps:'],
    '10 /unless/clicked: `clicked` must be one of `none`, `all`, `any`',
  ],
  ['consent', ['steps:', 'unless: { consent: true }\nsteps:'], '10 /unless/consent: `consent` must be text'],
  ['handoff', ['steps:', 'unless: { handoff: closed }\nsteps:'], '10 /unless/handoff: `handoff` must be `open`'],
  [
    'scalar of a mapping',
    ['steps:', 'unless: { field: industry, is: { a: 1 } }\nsteps:'],
    '10 /unless/is: `is` must be text, a number, true or false',
  ],
  [
    'in of one value',
    ['steps:', 'unless: { field: industry, in: software }\nsteps:'],
    '10 /unless/in: `in` must be a list',
  ],
  [
    'exists as text',
    ['steps:', 'unless: { field: industry, exists: "true" }\nsteps:'],
    '10 /unless/exists: `exists` must be true or false',
  ],
  [
    'times of a did',
    ['steps:', 'unless: { did: x, times: 0 }\nsteps:'],
    '10 /unless/times: `times` must be at least 1',
  ],
  ['within of a did', ['steps:', 'unless: { did: x, within: 7 }\nsteps:'], '10 /unless/within: `within` must be text'],
  [
    'of in unless',
    ['steps:', 'unless: { did: email.clicked, of: journey }\nsteps:'],
    '10 /unless/of: `of` has no meaning before the journey begins',
  ],
  [
    'not of a list',
    ['steps:', 'unless: { not: [{ tier: high }] }\nsteps:'],
    `10 /unless/not: \`not\` must be a condition (a condition has one of ${conditionKinds})`,
  ],
  ['all of one', ['steps:', 'unless: { all: { tier: high } }\nsteps:'], '10 /unless/all: `all` must be a list'],
  ['journey without status', ['steps:', 'unless: { journey: any }\nsteps:'], '10 /unless/status: `status` is missing'],
];

/** What may be wrong with a condition. */
export const conditionCases: Case[] = [
  ...cases.map(([title, change, ...expected]) => inHead(title, change, ...expected)),
  {
    ...inHead(
      'of in a condition by itself',
      ['form.submitted }', 'x }, { becomes: { did: email.clicked, of: mail } }'],
      '9 /entry/1/becomes/of: `of` has no meaning outside of a journey',
    ),
    lookups: { ...unchecked, outside: true },
  },
  {
    ...inHead(
      'more than may be asked',
      ['steps:', 'unless: { any: [{ segment: many }, { not: { segment: many } }] }\nsteps:'],
      '10 /unless: with its segments spelled out this has 1204 parts; 1000 are the most (name fewer segments, or smaller ones)',
    ),
    lookups: { ...unchecked, savedSegments: { many: { any: Array(599).fill({ consent: 'education' }) } } },
  },
];
