import { checkText } from '../../../../messages/check-text';
import type { Lookups } from '../../../../workflows/journeys/compile-journey';
import { asText, done, inHead, inStep, type Case } from './case';
import { head } from '../journey-text';

const all: Lookups = {
  key: 'sample',
  templates: new Set(['t', 'welcome-mail']),
  topics: new Set(['education', 'product']),
  journeys: new Set(['sample', 'solution-track']),
  segments: new Set(['customers', 'target-accounts']),
  senders: new Set(['sales-team']),
  teams: new Set(['sales']),
  endpoints: { chat: new Set(['sales-room']), webhook: new Set(['ads']) },
  eventNames: { 'Signed Up': 'trial.started' },
  checkText,
};
const none: Lookups = {
  ...all,
  templates: new Set(),
  topics: new Set(['education']),
  journeys: new Set(),
  senders: new Set(),
  teams: new Set(),
  endpoints: { chat: new Set(), webhook: new Set() },
};

const quiet: Lookups = { ...all, quietHours: { from: '21:00', to: '08:00' } };
const inQuietHours =
  'the quiet hours, 21:00 to 08:00, leave nothing of this window (name hours outside of them, or change the quiet hours first)';

const inHeads: [title: string, change: [string, string], expected: string][] = [
  [
    'another key',
    ['journey: sample', 'journey: other'],
    '1 /journey: this is the document of `other`, not of `sample` (a journey keeps its key; under another key it is another journey)',
  ],
  [
    'unknown topic',
    ['topic: education', 'topic: educatoin'],
    '4 /topic: there is no topic `educatoin` (did you mean `education`?)',
  ],
  [
    'topic of which none is near',
    ['topic: education', 'topic: cats'],
    '4 /topic: there is no topic `cats` (topics: `education`, `product`)',
  ],
  [
    'consent to no topic',
    ['steps:', 'unless: { not: { consent: prodct } }\nsteps:'],
    '10 /unless/not/consent: there is no topic `prodct` (did you mean `product`?)',
  ],
  [
    'unknown segment',
    ['steps:', 'unless: { segment: customer }\nsteps:'],
    '10 /unless/segment: there is no segment `customer` (did you mean `customers`?)',
  ],
  [
    'entry by an unknown segment',
    ['event: form.submitted', 'segment: vips'],
    '9 /entry/0/segment: there is no segment `vips` (segments: `customers`, `target-accounts`)',
  ],
  [
    'condition on an unknown journey',
    ['steps:', 'unless: { journey: solution-trak, status: active }\nsteps:'],
    '10 /unless/journey: there is no journey `solution-trak` (did you mean `solution-track`?)',
  ],
  [
    'event under its old name',
    ['event: form.submitted', 'event: Signed Up'],
    '9 /entry/0/event: `Signed Up` comes in as `trial.started`, as the settings say (name `trial.started`)',
  ],
];

const inSteps: [title: string, step: string, expected: string, lookups?: Lookups][] = [
  [
    'window in the quiet hours',
    '{ id: m, kind: email, template: welcome-mail, window: { from: "22:00", to: "07:30" } }',
    `11 /steps/0/window: ${inQuietHours}`,
    quiet,
  ],
  [
    'unknown template',
    '{ id: m, kind: email, template: welcome-mial }',
    '11 /steps/0/template: there is no published template `welcome-mial` (did you mean `welcome-mail`?)',
  ],
  [
    'no template at all',
    '{ id: m, kind: email, template: welcome-mail }',
    '11 /steps/0/template: there is no published template `welcome-mail` (publish it first)',
    none,
  ],
  [
    'unknown sender',
    '{ id: m, kind: email, template: t, from: sales-taem }',
    '11 /steps/0/from: there is no sender `sales-taem` (did you mean `sales-team`?)',
  ],
  [
    'unknown sender in a list',
    '{ id: m, kind: email, template: t, from: [owner, marketing] }',
    '11 /steps/0/from/1: there is no sender `marketing` (senders: `owner`, `sales-team`)',
  ],
  [
    'team that is not there',
    '{ id: n, kind: notify, to: slaes, via: [email], text: x }',
    '11 /steps/0/to: there is no team `slaes` (did you mean `sales`?)',
  ],
  [
    'team of a task',
    '{ id: t, kind: task, type: call, to: support, title: x }',
    '11 /steps/0/to: there is no team `support` (teams: `owner`)',
    none,
  ],
  [
    'unknown chat endpoint',
    '{ id: c, kind: message, via: chat, to: ads, text: x }',
    '11 /steps/0/to: there is no chat endpoint `ads` (chat endpoints: `sales-room`)',
  ],
  [
    'no webhook endpoint at all',
    '{ id: c, kind: message, via: webhook, to: ads }',
    '11 /steps/0/to: there is no webhook endpoint `ads` (no webhook endpoint is declared)',
    none,
  ],
  [
    'journey to enroll in',
    '{ id: e, kind: enroll, journey: solution-tracks }',
    '11 /steps/0/journey: there is no journey `solution-tracks` (did you mean `solution-track`?)',
  ],
  [
    'journey to leave into',
    '{ id: e, kind: exit, outcome: x, into: renewal, if: { tier: high } }',
    '11 /steps/0/into: there is no journey `renewal` (store its draft first)',
  ],
  [
    'unknown variable',
    '{ id: t, kind: task, type: call, title: "Call {{ contact.firstname }}" }',
    '11 /steps/0/title: unknown variable contact.firstname: did you mean contact.firstName?',
  ],
  [
    'score for the contact',
    '{ id: s, kind: message, via: sms, text: "You have {{ contact.score.total }} points" }',
    '11 /steps/0/text: unknown variable contact.score.total: custom fields are contact.traits.<name>',
  ],
  [
    'link to unsubscribe where there is none',
    '{ id: s, kind: message, via: sms, text: "{{ unsubscribeUrl }}" }',
    '11 /steps/0/text: unknown variable unsubscribeUrl: declare it under variables, or give it a default',
  ],
  [
    'unknown filter',
    '{ id: n, kind: notify, to: owner, via: [chat], text: "{{ contact.score.tier | shout }}" }',
    '11 /steps/0/text: undefined filter: shout',
  ],
  [
    'tag that is not closed',
    '{ id: h, kind: handoff, reason: "{% if contact.company %}Big" }',
    '11 /steps/0/reason: tag {% if contact.company %} not closed',
  ],
];

const rows = `${head}
  - id: t
    kind: task
    type: call
    title: Call them
    note: |
      {{ contact.firstName }} asked
      for {{ event.propertys.form }}

      {{ oops }}
  - id: n
    kind: message
    via: in-app
    title: Hello
    text:
      "{{ contact.firstName }}
      {{ oops }}"
    url: "{{ page }}"
    with: { page: /a }
${done}`;

/** Names of what lies outside of the document, and variables that nobody fills. */
export const nameCases: Case[] = [
  ...inHeads.map(([title, change, expected]) => ({ ...inHead(title, change, expected), lookups: all })),
  {
    ...inHead(
      'window of the journey in the quiet hours',
      ['steps:', 'window: { from: "05:00", to: "07:00" }\nsteps:'],
      `10 /window: ${inQuietHours}`,
    ),
    lookups: quiet,
  },
  ...inSteps.map(([title, step, expected, lookups = all]) => ({ ...inStep(title, step, expected), lookups })),
  {
    ...asText('each at its own line', rows, [
      '17 /steps/0/note: unknown variable event.propertys.form: properties of the entry event are event.properties.<name>',
      '19 /steps/0/note: unknown variable oops: declare it under variables, or give it a default',
      '25 /steps/1/text: unknown variable oops: declare it under variables, or give it a default',
    ]),
    lookups: all,
  },
];
