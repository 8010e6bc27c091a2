import { duplicatesOf, pairOf } from '../../workflows/domain/merging/duplicates';
import { broughtBars, sharedBars, type Bar } from '../../workflows/domain/merging/opt-outs';
import { mergedProfile, type Profile } from '../../workflows/domain/merging/profile';
import type { Reentry } from '../../workflows/domain/entry';
import { wasSentByNewer, yieldingRuns } from '../../workflows/domain/merging/runs';

const profile = (fields: Profile['fields'], more: Partial<Profile> = {}): Profile => {
  return { fields, traits: {}, origins: {}, companyId: null, ...more };
};

describe('a merged profile', () => {
  test("has the staying record's values, and fills gaps", () => {
    const {
      profile: one,
      filled,
      kept,
    } = mergedProfile(
      profile({ firstName: 'Ann', targetAccount: false }, { traits: { plan: 'pro' } }),
      profile(
        { firstName: 'Anna', phone: '+491', targetAccount: true },
        { traits: { plan: 'free', seats: 3 }, companyId: 'c' },
      ),
    );
    expect(one).toMatchObject({ fields: { firstName: 'Ann', phone: '+491', targetAccount: false }, companyId: 'c' });
    expect(one.traits).toEqual({ plan: 'pro', seats: 3 });
    expect(filled).toEqual({ phone: '+491', 'traits.seats': 3 });
    expect(kept).toEqual({ firstName: 'Anna', targetAccount: true, 'traits.plan': 'free' });
  });

  test('prefers what somebody said to a conclusion', () => {
    const stays = profile({ country: 'DE', industry: 'saas' }, { origins: { country: { from: 'company' } } });
    const goes = profile({ country: 'AT', industry: 'retail' }, { origins: { industry: { from: 'company' } } });
    const { profile: one, kept } = mergedProfile(stays, goes);
    expect(one.fields).toMatchObject({ country: 'AT', industry: 'saas' });
    expect(one.origins).toEqual({});
    expect(kept).toEqual({ industry: 'retail' });
  });

  test('takes level and department with the title', () => {
    const goes = profile({ jobTitle: 'CTO', seniority: 'c-level', department: 'it' });
    expect(mergedProfile(profile({}), goes).profile.fields).toMatchObject({ seniority: 'c-level', department: 'it' });
    const titled = profile({ jobTitle: 'Wizard', seniority: null, department: null });
    expect(mergedProfile(titled, goes).profile.fields).toMatchObject({ seniority: null, department: null });
  });

  test('takes along how a trait came to be', () => {
    const goes = profile(
      {},
      { traits: { a: 1, b: 2 }, origins: { 'traits.a': { given: 'one' }, 'traits.b': { given: 'two' } } },
    );
    const { profile: one } = mergedProfile(profile({}, { traits: { b: 3 } }), goes);
    expect(one.origins).toEqual({ 'traits.a': { given: 'one' } });
  });

  test.each<[string, string | null, string | null, object]>([
    ['a', 'domain', 'group', { companyId: 'b', origins: { companyId: { from: 'group' } } }],
    ['a', 'group', 'group', { companyId: 'a', origins: { companyId: { from: 'group' } } }],
    ['a', 'group', 'domain', { companyId: 'a', origins: { companyId: { from: 'group' } } }],
    ['a', 'domain', 'domain', { companyId: 'a', origins: { companyId: { from: 'domain' } } }],
    ['none', null, 'group', { companyId: 'b', origins: { companyId: { from: 'group' } } }],
    ['a', 'group', null, { companyId: 'a', origins: { companyId: { from: 'group' } } }],
  ])('is of the company named: %s by %s, other by %s', (_, stays, goes, one) => {
    const member = (id: string, from: string | null): Profile =>
      from === 'group' || from === 'domain'
        ? profile({}, { companyId: id, origins: { companyId: { from } } })
        : profile({});
    expect(mergedProfile(member('a', stays), member('b', goes)).profile).toMatchObject(one);
  });
});

describe('runs of one person', () => {
  const run = (id: string, enteredAt: number, more = {}) => {
    const reentry: Reentry = { kind: 'never' };
    return { id, person: 'p', record: id, journeyKey: 'j', entryKey: '', enteredAt, endedAt: null, reentry, ...more };
  };
  const day = 86_400_000;
  const after: Reentry = { kind: 'after', period: '7 days' };
  const per: Reentry = { kind: 'per', property: 'order' };
  test.each<[string, boolean, object, object]>([
    ['never again', true, {}, {}],
    ['too soon', true, {}, { reentry: after }],
    ['long ago', false, {}, { reentry: after, enteredAt: 9 * day }],
    ['as often as it comes', false, {}, { reentry: { kind: 'always' } }],
    ['as often, but at once', true, { endedAt: 4 * day }, { reentry: { kind: 'always' } }],
    ['the same key', true, { entryKey: 'o1' }, { reentry: per, entryKey: 'o1' }],
    ['another key', false, { entryKey: 'o1' }, { reentry: per, entryKey: 'o2' }],
    ['the record itself', false, { record: 'b' }, {}],
    ['another journey', false, { journeyKey: 'k' }, {}],
    ['began later', false, { enteredAt: 4 * day, endedAt: 5 * day }, {}],
  ])('one that is finished is not repeated: %s', (_, yields, finished, open) => {
    const runs = [run('a', 0, { endedAt: day, ...finished }), run('b', 3 * day, open)];
    expect(yieldingRuns(runs)).toEqual(yields ? [{ goes: 'b', stays: 'a' }] : []);
  });
  test('the oldest of each journey stays', () => {
    expect(yieldingRuns([run('c', 3), run('a', 1), run('b', 2)])).toEqual([
      { goes: 'b', stays: 'a' },
      { goes: 'c', stays: 'a' },
    ]);
  });
  test('other keys, journeys and people go on', () => {
    const others = [run('b', 2, { entryKey: 'k' }), run('c', 2, { journeyKey: 'k' }), run('d', 2, { person: 'q' })];
    expect(yieldingRuns([run('a', 1), ...others])).toEqual([]);
  });
  test('of one instant the lesser id stays', () => {
    expect(yieldingRuns([run('b', 1), run('a', 1)])).toEqual([{ goes: 'b', stays: 'a' }]);
  });
  test('in a loop each message counts once', () => {
    expect(wasSentByNewer({ sentThere: 1, visitsBefore: 0 })).toBe(true);
    expect(wasSentByNewer({ sentThere: 1, visitsBefore: 1 })).toBe(false);
  });
});

describe('opt-outs of two records', () => {
  const own = [
    { channel: 'email', address: 'a' },
    { channel: 'email', address: 'b' },
    { channel: 'sms', address: '1' },
  ];
  const bar = (address: string, reason: string, more: Partial<Bar> = {}): Bar => {
    return { channel: 'email', scope: 'global', address, reason, at: 1, ...more };
  };
  test.each<[string, Bar[], Bar[]]>([
    ['one said no', [bar('a', 'unsubscribed')], [bar('b', 'unsubscribed')]],
    ['both said no', [bar('a', 'unsubscribed'), bar('b', 'unsubscribed')], []],
    ['a bounce is of one address', [bar('a', 'bounced')], []],
    ['a bounced address is barred already', [bar('a', 'unsubscribed'), bar('b', 'bounced')], []],
    ['the graver holds', [bar('a', 'unsubscribed'), bar('b', 'complained')], [bar('a', 'complained')]],
    [
      'a topic is a topic',
      [bar('b', 'unsubscribed', { scope: 'topic:x' })],
      [bar('a', 'unsubscribed', { scope: 'topic:x' })],
    ],
    ['a phone is no mail', [bar('1', 'unsubscribed', { channel: 'sms' })], []],
    ["others' are theirs", [bar('z', 'unsubscribed')], []],
    [
      'the later of two counts',
      [bar('a', 'unsubscribed'), bar('b', 'unsubscribed', { at: 2 })],
      [bar('a', 'unsubscribed', { at: 2 })],
    ],
  ])('%s', (_, bars, missing) => {
    expect(sharedBars(own, bars)).toEqual(missing);
  });

  test('who goes is heard, and written nothing', () => {
    const keys = [{ address: 'a' }, { address: 'person:a', goes: true }, { address: 'person:b' }];
    const addresses = keys.map((one) => ({ channel: 'email', ...one }));
    const bars = [bar('a', 'bounced'), bar('person:a', 'unsubscribed')];
    expect(sharedBars(addresses, bars)).toEqual([bar('person:b', 'unsubscribed')]);
  });

  test.each<[string, Bar[], [string, string][]]>([
    ['what one said ends what the other is in', [bar('a', 'unsubscribed')], [['two', 'unsubscribed']]],
    ['what both said has ended it before', [bar('a', 'unsubscribed'), bar('b', 'complained')], []],
    ['a bounce ends nothing', [bar('a', 'bounced')], []],
  ])('%s', (_, bars, ending) => {
    const addresses = [
      { channel: 'email', address: 'a', record: 'one' },
      { channel: 'email', address: 'b', record: 'two' },
    ];
    expect(broughtBars(addresses, bars).map(({ record, bar: { reason } }) => [record, reason])).toEqual(ending);
  });
});

describe('records that look the same', () => {
  const record = (id: string, more = {}) => ({
    ...{ id, hasUser: false, name: null, names: { first: null, last: null } },
    ...more,
  });
  test('the oldest stays, or the one with an account', () => {
    const [group] = duplicatesOf([record('c'), record('b', { hasUser: true }), record('a')], new Set());
    expect([group?.stays.id, group?.others.map(({ record: { id } }) => id)]).toEqual(['b', ['a', 'c']]);
  });
  test('two people stay apart, a third joins one', () => {
    const groups = duplicatesOf([record('a'), record('b'), record('c')], new Set([pairOf('b', 'a')]));
    expect(groups.map(({ stays, others }) => [stays.id, others.map((one) => one.record.id)])).toEqual([['a', ['c']]]);
  });
  test('no rule merges two accounts or two names', () => {
    const users = duplicatesOf([record('a', { hasUser: true }), record('b', { hasUser: true })], new Set());
    expect(users[0]?.others[0]?.refusal).toBe('Both have a user id.');
    const names = duplicatesOf([record('a', { name: 'ann x' }), record('b', { name: 'bob x' })], new Set());
    expect(names[0]?.others[0]?.refusal).toBe('Their names differ.');
    const half = duplicatesOf([record('a', { name: 'ann x' }), record('b')], new Set());
    expect(half[0]?.others[0]?.refusal).toBeNull();
  });
  test.each([
    [{ first: 'ann', last: null }, { first: 'bob', last: null }, 'Their names differ.'],
    [{ first: null, last: 'smith' }, { first: 'ann', last: 'jones' }, 'Their names differ.'],
    [{ first: 'ann', last: null }, { first: 'ann', last: 'smith' }, null],
    [{ first: 'ann', last: null }, { first: null, last: 'smith' }, null],
  ])('%j and %j of one mailbox', (one, other, refusal) => {
    const [group] = duplicatesOf([record('a', { names: one }), record('b', { names: other })], new Set());
    expect(group?.others[0]?.refusal).toBe(refusal);
  });
});
