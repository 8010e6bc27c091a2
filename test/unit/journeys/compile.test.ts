import fc from 'fast-check';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { compileSteps, problemsOf, unchecked } from './journey-text';

function stepsOf(text: string) {
  const compiled = compileSteps(text);
  expect(problemsOf(compiled)).toEqual([]);
  return compiled.ok ? compiled.graph : null;
}

test('next is the following step unless named', () => {
  const graph = stepsOf(`  - { id: a, kind: email, template: t }
  - { id: b, kind: wait, for: 1 day }
  - { id: c, kind: wait, for: 2 days, on: [{ event: x, next: e }, { event: y }] }
  - { id: d, kind: exit, outcome: done }
  - { id: e, kind: exit, outcome: early }`);
  expect(graph?.first).toBe('a');
  expect(graph?.steps).toEqual({
    a: { id: 'a', kind: 'email', template: 't', next: 'b' },
    b: { id: 'b', kind: 'wait', for: '1 day', on: [], next: 'c' },
    c: {
      id: 'c',
      kind: 'wait',
      for: '2 days',
      on: [
        { event: 'x', of: [], next: 'e' },
        { event: 'y', of: [], next: 'd' },
      ],
      next: 'd',
    },
    d: { id: 'd', kind: 'exit', outcome: 'done' },
    e: { id: 'e', kind: 'exit', outcome: 'early' },
  });
});

test('do falls through to the step after its parent', () => {
  const graph = stepsOf(`  - id: fork
    kind: branch
    cases:
      - when: { segment: customers }
        do:
          - id: inner
            kind: branch
            cases: [{ when: { segment: target-accounts }, do: [{ id: deep, kind: email, template: t }] }]
      - { when: { field: industry, is: x }, next: end }
    else:
      do:
        - { id: other, kind: email, template: t }
  - id: pause
    kind: wait
    for: 1 day
    next: end
    on: [{ event: x, do: [{ id: reacted, kind: email, template: t }] }]
  - { id: end, kind: exit, outcome: done }`);
  const next = (id: string) => {
    const step = graph?.steps[id];
    if (step?.kind === 'email') return step.next;
    if (step?.kind === 'wait') return [step.next, ...step.on.map((one) => one.next)];
    return step?.kind === 'branch' ? [...step.cases.map((one) => one.next), step.else] : null;
  };
  expect(next('fork')).toEqual(['inner', 'end', 'other']);
  expect(next('inner')).toEqual(['deep', 'pause']);
  expect(next('deep')).toBe('pause');
  expect(next('other')).toBe('pause');
  expect(next('pause')).toEqual(['end', 'reacted']);
  expect(next('reacted')).toBe('end');
});

test('of journey becomes every message', () => {
  const graph = stepsOf(`  - { id: a, kind: email, template: t, with: { asset: { entry: form.asset }, n: [1] } }
  - { id: b, kind: email, template: t, if: { not: { did: email.opened, of: journey } } }
  - { id: w, kind: wait, on: [{ event: email.clicked, of: journey }, { event: email.clicked, of: b }] }
  - { id: d, kind: exit, outcome: done }`);
  expect(graph?.steps['w']).toMatchObject({ on: [{ of: ['a', 'b'] }, { of: ['b'] }] });
  expect(graph?.steps['b']).toMatchObject({ if: { not: { did: 'email.opened', of: ['a', 'b'] } } });
  expect(graph?.steps['a']).toMatchObject({ with: { asset: { entry: 'form.asset' }, n: [1] } });
});

test('a branch or exit with if gets a guard', () => {
  const graph = stepsOf(`  - { id: out, kind: exit, outcome: early, if: { segment: customers } }
  - { id: mail, kind: email, template: t }
  - { id: last, kind: exit, outcome: done }`);
  expect(graph?.first).toBe('out.if');
  expect(graph?.steps['out.if']).toEqual({
    id: 'out.if',
    kind: 'branch',
    cases: [{ when: { segment: 'customers' }, next: 'out' }],
    else: 'mail',
  });
  expect(graph?.steps['out']).toEqual({ id: 'out', kind: 'exit', outcome: 'early' });
});

test('a guarded branch is entered by its guard', () => {
  const graph = stepsOf(`  - { id: mail, kind: email, template: t }
  - id: fork
    kind: branch
    if: { segment: target-accounts }
    cases: [{ when: { segment: customers }, next: one }]
    else: two
    next: three
  - { id: one, kind: exit, outcome: one }
  - { id: two, kind: exit, outcome: two }
  - { id: three, kind: exit, outcome: three }`);
  expect(graph?.steps['mail']).toMatchObject({ next: 'fork.if' });
  expect(graph?.steps['fork.if']).toMatchObject({ cases: [{ next: 'fork' }], else: 'three' });
  expect(graph?.steps['fork']).toMatchObject({ cases: [{ next: 'one' }], else: 'two' });
});

test('messages, notes and facts keep what their author wrote', () => {
  const graph = stepsOf(`  - { id: mail, kind: email, template: t, from: owner, ifCapped: skip, window: any }
  - { id: mail-2, kind: email, template: t, from: [owner, sales], window: { from: "09:00", to: "17:00" } }
  - { id: text, kind: message, via: sms, text: "Hello {{ contact.firstName }}", send: at-once }
  - { id: chat, kind: message, via: chat, to: team-room, text: Hello }
  - { id: inbox, kind: message, via: in-app, title: News, url: "https://example.com" }
  - { id: hook, kind: message, via: webhook, to: ads, preset: audience-add, with: { list: { entry: list } } }
  - { id: tell, kind: notify, to: sales, via: [email, chat], text: Somebody is back }
  - { id: points, kind: score, points: -5, reason: Left the cart }
  - { id: fields, kind: update, set: { industry: { entry: industry }, traits.plan: pro, owner: }, tags: { add: [vip] } }
  - { id: call, kind: task, type: call, title: Call them, due: 1 working day, if: { tier: high } }
  - { id: next-one, kind: enroll, journey: other, with: { plan: pro } }
  - { id: out, kind: exit, outcome: done, into: other, with: { from: { entry: form } } }`);
  expect(graph?.steps).toEqual({
    mail: {
      id: 'mail',
      kind: 'email',
      template: 't',
      from: ['owner'],
      ifCapped: 'skip',
      window: 'any',
      next: 'mail-2',
    },
    'mail-2': {
      ...{ id: 'mail-2', kind: 'email', template: 't', from: ['owner', 'sales'] },
      ...{ window: { from: '09:00', to: '17:00' }, next: 'text' },
    },
    text: {
      ...{ id: 'text', kind: 'message', via: 'sms', text: 'Hello {{ contact.firstName }}' },
      ...{ send: 'at-once', next: 'chat' },
    },
    chat: { id: 'chat', kind: 'message', via: 'chat', to: 'team-room', text: 'Hello', next: 'inbox' },
    inbox: { id: 'inbox', kind: 'message', via: 'in-app', title: 'News', url: 'https://example.com', next: 'hook' },
    hook: {
      ...{ id: 'hook', kind: 'message', via: 'webhook', to: 'ads', preset: 'audience-add' },
      ...{ with: { list: { entry: 'list' } }, next: 'tell' },
    },
    tell: { id: 'tell', kind: 'notify', to: 'sales', via: ['email', 'chat'], text: 'Somebody is back', next: 'points' },
    points: { id: 'points', kind: 'score', points: -5, axis: 'engagement', reason: 'Left the cart', next: 'fields' },
    fields: {
      ...{ id: 'fields', kind: 'update', set: { industry: { entry: 'industry' }, 'traits.plan': 'pro', owner: null } },
      ...{ tags: { add: ['vip'], remove: [] }, next: 'call' },
    },
    call: {
      ...{ id: 'call', kind: 'task', type: 'call', to: 'owner', title: 'Call them', due: '1 working day' },
      ...{ if: { tier: 'high' }, next: 'next-one' },
    },
    'next-one': { id: 'next-one', kind: 'enroll', journey: 'other', with: { plan: 'pro' }, next: 'out' },
    out: { id: 'out', kind: 'exit', outcome: 'done', into: 'other', with: { from: { entry: 'form' } } },
  });
});

test('arms, and the holdout last', () => {
  const graph = stepsOf(`  - id: try
    kind: split
    arms:
      - { name: short, weight: 2, do: [{ id: brief, kind: email, template: t }] }
      - { name: long, next: later }
      - { name: plain }
    holdout: { weight: 1, next: out }
  - { id: follow, kind: email, template: t }
  - { id: later, kind: email, template: t }
  - { id: out, kind: exit, outcome: done }`);
  expect(graph?.steps['try']).toEqual({
    id: 'try',
    kind: 'split',
    arms: [
      { name: 'short', weight: 2, next: 'brief' },
      { name: 'long', weight: 1, next: 'later' },
      { name: 'plain', weight: 1, next: 'follow' },
      { name: 'holdout', weight: 1, holdout: true, next: 'out' },
    ],
    next: 'brief',
  });
  expect(graph?.steps['brief']).toMatchObject({ next: 'follow' });
});

test('a split with if is passed by to the step after', () => {
  const graph =
    stepsOf(`  - { id: try, kind: split, if: { tier: high }, arms: [{ name: a, next: x }, { name: b, next: y }] }
  - { id: x, kind: exit, outcome: x }
  - { id: y, kind: exit, outcome: y }`);
  expect(graph?.steps['try']).toMatchObject({ if: { tier: 'high' }, next: 'x' });
  expect(Object.keys(graph?.steps ?? {})).toEqual(['try', 'x', 'y']);
});

test('a repeat goes back, also to a guard', () => {
  const graph = stepsOf(`  - { id: mail, kind: email, template: t }
  - { id: fork, kind: branch, if: { tier: high }, cases: [{ when: { segment: customers }, next: out }] }
  - { id: pause, kind: wait, for: 90 days }
  - { id: again, kind: repeat, from: fork, times: 3 }
  - { id: out, kind: exit, outcome: done }`);
  expect(graph?.steps['again']).toEqual({ id: 'again', kind: 'repeat', from: 'fork.if', times: 3, next: 'out' });
});

test('a handoff is a task and a wait', () => {
  const graph = stepsOf(`  - id: sales
    kind: handoff
    if: { tier: high }
    reason: Came back
    suggest: call
    on: [{ event: handoff.rejected, do: [{ id: sorry, kind: email, template: t }] }]
  - { id: out, kind: exit, outcome: done }`);
  expect(graph?.first).toBe('sales.if');
  expect(graph?.steps).toMatchObject({
    'sales.if': { cases: [{ next: 'sales' }], else: 'out' },
    sales: { kind: 'task', type: 'call', to: 'owner', title: 'Came back', next: 'sales.wait' },
    'sales.wait': {
      ...{ kind: 'wait', for: '3 working days', next: 'out' },
      on: [{ event: 'handoff.rejected', of: [], next: 'sorry' }],
    },
    sorry: { next: 'out' },
  });
  expect(graph?.steps['sales']).not.toHaveProperty('if');
});

test('of journey is every message, also on other channels', () => {
  const graph = stepsOf(`  - { id: mail, kind: email, template: t }
  - { id: text, kind: message, via: sms, text: Hello }
  - { id: w, kind: wait, for: 1 day, on: [{ event: email.clicked, of: journey }] }
  - { id: out, kind: exit, outcome: done }`);
  expect(graph?.steps['w']).toMatchObject({ on: [{ of: ['mail', 'text'] }] });
});

test('every kind of entry and exit', () => {
  const text = `entry:
  - { event: page.viewed, where: { path: { startsWith: /pricing } }, times: 2, within: 7 days }
  - { becomes: { score: total, atLeast: 71 } }
  - { segment: customers }
  - { schedule: { once: "2026-12-01T09:00", zone: Europe/Berlin }, who: { tier: { in: [high, medium] } } }
  - { schedule: { every: day, at: "09:00" }, who: { consent: product } }
  - { schedule: { every: week, weekday: monday, at: "09:00" }, who: { mails: last 5, opened: none } }
  - { schedule: { every: month, day: 31, at: "09:00" }, who: { handoff: open } }
exits:
  - { event: activity, next: back }
  - { event: order.completed, where: { value: 1 }, outcome: bought }
window: { days: [monday], from: "22:00", to: "02:00" }
spread: 60 minutes
steps:`;
  const compiled = compileSteps(
    '  - { id: out, kind: exit, outcome: done }\n  - { id: back, kind: exit, outcome: x, if: { tier: none }, next: out }',
    ['entry: [{ event: form.submitted }]\nsteps:', text],
  );
  expect(problemsOf(compiled)).toEqual([]);
  expect(compiled.ok && compiled.graph).toMatchObject({
    entries: [
      { kind: 'event', event: 'page.viewed', times: 2, within: '7 days' },
      { kind: 'becomes', condition: { score: 'total', atLeast: 71 } },
      { kind: 'segment', segment: 'customers' },
      { kind: 'schedule', schedule: { once: '2026-12-01T09:00', zone: 'Europe/Berlin' } },
      { kind: 'schedule', schedule: { every: 'day', at: '09:00' }, who: { consent: 'product' } },
      { kind: 'schedule', schedule: { every: 'week', weekday: 'monday', at: '09:00' } },
      { kind: 'schedule', schedule: { every: 'month', day: 31, at: '09:00' } },
    ],
    exits: [
      { event: 'activity', next: 'back.if' },
      { event: 'order.completed', where: { value: 1 }, outcome: 'bought' },
    ],
    window: { days: ['monday'], from: '22:00', to: '02:00' },
    spread: '60 minutes',
  });
});

test('groups of the settings are spelled out', () => {
  const text = `entry: [{ event: shopping, times: 2, within: 1 day }]
exits: [{ event: shopping, outcome: bought }]
unless: { not: { did: shopping } }
steps:
  - { id: w, kind: wait, on: [{ event: shopping, next: out }, { event: activity }] }
  - { id: out, kind: exit, outcome: done, if: { any: [{ did: shopping }, { did: activity }] } }
  - { id: end, kind: exit, outcome: done }`;
  const eventGroups = { shopping: ['cart.updated', 'order.completed'] };
  const source = `journey: x\nexplain: X.\ntopic: education\n${text}`;
  const compiled = compileJourney(source, { ...unchecked, eventGroups });
  const types = ['cart.updated', 'order.completed'];
  expect(problemsOf(compiled)).toEqual([]);
  expect(compiled.ok && compiled.graph).toMatchObject({
    entries: [{ event: 'shopping', types }],
    exits: [{ event: 'shopping', types }],
    unless: { not: { did: 'shopping', types } },
    steps: {
      w: { on: [{ event: 'shopping', types }, { event: 'activity' }] },
      'out.if': { cases: [{ when: { any: [{ did: 'shopping', types }, { did: 'activity' }] } }] },
    },
  });
  expect(JSON.stringify(compiled)).not.toContain('"types":["email.clicked"');
});

test.each<[string, object]>([
  ['never', { kind: 'never' }],
  ['always', { kind: 'always' }],
  ['{ after: 90 days }', { kind: 'after', period: '90 days' }],
  ['{ per: order.id }', { kind: 'per', property: 'order.id' }],
])('reentry %s', (reentry, expected) => {
  const compiled = compileSteps('  - { id: d, kind: exit, outcome: x }', ['steps:', `reentry: ${reentry}\nsteps:`]);
  expect(compiled.ok && compiled.graph.reentry).toEqual(expected);
});

test('what is left out has its default', () => {
  const compiled = compileJourney(
    { journey: 'x', explain: 'X.', topic: 'education', entry: [], steps: [{ id: 'd', kind: 'exit', outcome: 'x' }] },
    unchecked,
  );
  expect(compiled.ok && compiled.graph).toEqual({
    journey: 'x',
    name: 'x',
    topic: 'education',
    priority: 50,
    first: 'd',
    steps: { d: { id: 'd', kind: 'exit', outcome: 'x' } },
    entries: [],
    reentry: { kind: 'never' },
    exits: [],
    defaultExits: true,
  });
});

const word = fc.constantFrom('a', 'b', 'journey', 'email', 'wait', 'branch', 'exit', '1 day', 'x.y', '');
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, word, fc.jsonValue(), fc.array(tie('value'), { maxLength: 3 }), tie('mapping')),
  mapping: fc.dictionary(
    fc.constantFrom(
      'id',
      'kind',
      'next',
      'do',
      'on',
      'cases',
      'when',
      'else',
      'if',
      'event',
      'of',
      'for',
      'until',
      'template',
      'outcome',
      'all',
      'did',
      '__proto__',
    ),
    tie('value'),
  ),
})).value;

test('whatever is written, it compiles or says why', () => {
  const documents = fc.record({ steps: fc.array(value, { maxLength: 4 }), entry: value, unless: value });
  fc.assert(
    fc.property(documents, (odd) => {
      const compiled = compileJourney({ journey: 'x', explain: 'X.', topic: 'education', ...odd }, unchecked);
      return compiled.ok || (compiled.problems.length > 0 && compiled.problems.every(({ message }) => message !== ''));
    }),
    { numRuns: 2000 },
  );
});

test('any text compiles or says why', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const compiled = compileJourney(text, unchecked);
      return !compiled.ok && compiled.problems.length > 0;
    }),
    { numRuns: 2000 },
  );
});
