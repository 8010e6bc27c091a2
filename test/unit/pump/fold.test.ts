import { foldContact } from '../../../activities/pump/fold/fold';
import type { Subscription, TurnedEvent } from '../../../activities/pump/fold/subject';
import { beginEvents, enrolled, entered, event, graph, refusals, rulesOf, someone } from './folding';

const awaiting = (slot: number, more: Partial<Subscription> = {}): Subscription => ({
  ...{ enrollmentId: 'in-a', visit: 1, slot, stepId: 'wait', types: ['page.viewed'], ofSteps: [], where: null },
  ...{ deadline: null, firstLate: null },
  ...more,
});
beforeEach(beginEvents);

describe('entries', () => {
  test('each sees the earlier ones of its event', () => {
    const rules = rulesOf(graph('a'), graph('b', { unless: { journey: 'a', status: 'active' } }));
    const found = foldContact(someone(), [event('form.submitted')], rules);
    expect(entered(found)).toEqual(['a']);
    expect(refusals(found)).toEqual([expect.stringContaining('journey a active: yes')]);
  });

  test('who is to leave bars no other journey', () => {
    const rules = rulesOf(graph('a'), graph('b', { unless: { journey: 'a', status: 'active' } }));
    const subject = someone({ enrollments: [enrolled('a')] });
    expect(entered(foldContact(subject, [event('email.replied'), event('form.submitted')], rules))).toEqual(['b']);
  });

  test('conditions see what the event itself told', () => {
    const rules = rulesOf(graph('a', { unless: { segment: 'customers' } }));
    const asCustomer = event('form.submitted', { traits: { lifecycleStage: 'customer' } });
    expect(entered(foldContact(someone(), [asCustomer], rules))).toEqual([]);
    expect(entered(foldContact(someone(), [event('form.submitted')], rules))).toEqual(['a']);
  });

  test('did counts past and batch together', () => {
    const rules = rulesOf(graph('a', { unless: { did: 'page.viewed', times: 2, within: '1 hour' } }));
    const past = [{ seq: 0n, type: 'page.viewed', properties: {}, receivedAt: 0, about: null }];
    const viewed = event('page.viewed');
    expect(entered(foldContact(someone({ past: [...past] }), [viewed, event('form.submitted')], rules))).toEqual([]);
    const later = event('form.submitted', { receivedAt: 3_700_000 });
    expect(entered(foldContact(someone({ past: [...past] }), [later], rules))).toEqual(['a']);
  });

  test.each([
    ['never', { kind: 'never' }, []],
    ['always', { kind: 'always' }, ['a']],
    ['after a longer period', { kind: 'after', period: '2 hours' }, []],
    ['after a shorter period', { kind: 'after', period: '30 minutes' }, ['a']],
    ['per another key', { kind: 'per', property: 'order' }, ['a']],
  ] as const)('re-entry %s', (_name, reentry, expected) => {
    const rules = rulesOf(graph('a', { reentry }));
    const before = enrolled('a', { finished: true, endedAt: 0, entryKey: reentry.kind === 'per' ? '1' : '' });
    const again = event('form.submitted', { receivedAt: 3_600_000, properties: { order: 2 } });
    const found = foldContact(someone({ enrollments: [before] }), [again], rules);
    expect(entered(found)).toEqual(expected);
    expect(found.entries.map(({ n }) => n)).toEqual(expected.map(() => 2));
  });

  test('one run per key, none without it', () => {
    const rules = rulesOf(graph('a', { reentry: { kind: 'per', property: 'order' } }));
    const orders = [1, 2, 1, null].map((order) => event('form.submitted', { properties: { order } }));
    const found = foldContact(someone(), orders, rules);
    expect(found.entries.map(({ entryKey, n }) => [entryKey, n])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(refusals(found)).toEqual(['already in this journey', 'there is no `order` that tells its runs apart']);
  });
});

describe('ends of visits', () => {
  const rules = rulesOf(graph('a', { entries: [] }));
  const waiting = (...subscriptions: Subscription[]) => someone({ enrollments: [enrolled('a')], subscriptions });

  test('the first event by turn wins, in its first slot', () => {
    const found = foldContact(waiting(awaiting(1), awaiting(0)), [event('page.viewed'), event('page.viewed')], rules);
    expect(found.wins).toMatchObject([{ outcome: 'on:0', winnerSeq: 1n, mark: 1n }]);
    expect(found.dispatch).toMatchObject([{ kind: 'wake', visit: 1, outcome: 'on:0' }]);
  });

  test('an event at the deadline is too late', () => {
    const found = foldContact(waiting(awaiting(0, { deadline: 1000 })), [event('page.viewed')], rules);
    expect(found.wins).toEqual([]);
  });

  test('the mark stays before what came too late', () => {
    const late = event('other', { receivedAt: 5000 });
    const inTime = event('page.viewed', { receivedAt: 1000 });
    const found = foldContact(waiting(awaiting(0, { deadline: 2000 })), [late, inTime], rules);
    expect(found.wins).toMatchObject([{ winnerSeq: 2n, mark: 0n }]);
  });

  test('a visit is also won when it is to leave', () => {
    const found = foldContact(waiting(awaiting(0)), [event('email.replied'), event('page.viewed')], rules);
    expect(found.leaves).toHaveLength(1);
    expect(found.wins).toHaveLength(1);
  });
});

describe('exits', () => {
  test('the first reason stays', () => {
    const rules = rulesOf(graph('a', { entries: [], exits: [{ event: 'order.completed', outcome: 'bought' }] }));
    const found = foldContact(
      someone({ enrollments: [enrolled('a')] }),
      [event('order.completed'), event('email.replied')],
      rules,
    );
    expect(found.leaves).toMatchObject([{ outcome: 'bought', cause: { type: 'order.completed' } }]);
  });

  test('an event does not end what it opens', () => {
    const rules = rulesOf(graph('a', { entries: [{ kind: 'event', event: 'email.replied' }] }));
    const found = foldContact(someone(), [event('email.replied')], rules);
    expect([entered(found), found.leaves]).toEqual([['a'], []]);
  });

  test('a journey may opt out of the defaults', () => {
    const rules = rulesOf(graph('a', { entries: [], defaultExits: false }));
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [event('email.replied')], rules).leaves).toEqual([]);
  });

  test('a machine ends nothing', () => {
    const rules = rulesOf(graph('a', { entries: [] }));
    const auto = event('email.replied', { properties: { machine: true } });
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [auto], rules).leaves).toEqual([]);
  });

  test('its own entry does not end a journey', () => {
    const rules = rulesOf(graph('a', { entries: [], exits: [{ event: 'journey.entered', outcome: 'moved' }] }));
    const own = event('journey.entered', { properties: { enrollmentId: 'in-a' } });
    const other = event('journey.entered', { properties: { enrollmentId: 'in-b' } });
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [own], rules).leaves).toEqual([]);
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [other], rules).leaves).toHaveLength(1);
  });

  test('becoming a customer ends once, whoever tells', () => {
    const rules = rulesOf(graph('a', { entries: [] }));
    const values = { lifecycleStage: 'customer' };
    const byPerson = event('contact.updated', { properties: { changed: ['lifecycleStage'], values } });
    const learned = event('contact.updated', { properties: { changed: ['lifecycleStage'], values, learned: true } });
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [byPerson], rules).leaves).toHaveLength(1);
    expect(foldContact(someone({ enrollments: [enrolled('a')] }), [learned], rules).leaves).toEqual([]);
  });
});

describe('profiles', () => {
  const rules = rulesOf();
  const learn = (traits: TurnedEvent['traits'], more: Partial<TurnedEvent> = {}, subject = someone()) => {
    const found = foldContact(subject, [event('identify', { traits, ...more })], rules);
    return { ...subject.profile, changed: found.inside[0]?.properties.changed };
  };

  test('fields and traits are told apart, and told of', () => {
    const { fields, traits, changed } = learn({ jobTitle: ' CTO ', targetAccount: 'true', plan: 'pro', seats: 3 });
    expect(fields).toEqual({ jobTitle: 'CTO', seniority: 'c-level', department: 'engineering', targetAccount: true });
    expect(traits).toEqual({ plan: 'pro', seats: 3 });
    expect(changed).toEqual([
      ...['jobTitle', 'seniority', 'department', 'targetAccount', 'traits.plan', 'traits.seats'],
    ]);
  });

  test('what says nothing new is not told of', () => {
    const subject = someone({
      profile: { fields: { company: 'Acme' }, traits: { tags: ['a'] }, origins: {}, companyId: null },
    });
    const found = foldContact(subject, [event('identify', { traits: { company: 'Acme', tags: ['a'] } })], rules);
    expect(found).toMatchObject({ profile: false, inside: [] });
  });

  test('the address of another is not taken', () => {
    expect(learn({ email: 'a@example.test' }).fields).toEqual({});
    expect(learn({ email: 'a@example.test' }, { ownsAddress: true }).fields).toEqual({ email: 'a@example.test' });
  });

  test('a browser fills what is empty and no more', () => {
    const subject = someone({
      profile: { fields: { company: 'Acme', email: 'a@example.test' }, traits: {}, origins: {}, companyId: null },
    });
    const traits = {
      company: 'Evil',
      jobTitle: 'CTO',
      lifecycleStage: 'customer',
      owner: 'me',
      email: 'b@example.test',
    };
    const { fields } = learn(traits, { fromBrowser: true, ownsAddress: true }, subject);
    expect(fields).toMatchObject({ company: 'Acme', email: 'a@example.test', jobTitle: 'CTO', seniority: 'c-level' });
  });

  test('the first campaign stays, the last follows', () => {
    const subject = someone();
    const campaign = (name: string) =>
      event('page.viewed', { fromBrowser: true, context: { campaign: { source: name, name } } });
    foldContact(subject, [campaign('one'), campaign('two')], rules);
    expect(subject.profile.fields).toMatchObject({ firstSource: 'one', firstCampaign: 'one', lastSource: 'two' });
  });

  test('an erased contact learns nothing', () => {
    expect(learn({ company: 'Acme' }, {}, someone({ erased: true })).fields).toEqual({});
  });
});
