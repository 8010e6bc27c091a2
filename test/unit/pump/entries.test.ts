import { foldContact } from '../../../activities/pump/fold/fold';
import type { Rules, TurnedEvent } from '../../../activities/pump/fold/subject';
import type { Condition } from '../../../workflows/domain/conditions/condition';
import { builtInSegments } from '../../../workflows/domain/conditions/segments';
import { startingNobody } from '../../../workflows/domain/entries/starts-nobody';
import { triggersOf, watchesOf } from '../../../workflows/domain/entries/watch';
import type { Graph } from '../../../workflows/journeys/graph';
import { beginEvents, enrolled, entered, event, graph, refusals, rulesOf, someone } from './folding';

beforeEach(beginEvents);

const request = (properties: TurnedEvent['properties'], more: Partial<TurnedEvent> = {}) =>
  event('journey.requested', { origin: 'inside', properties, ...more });
const inside = (found: ReturnType<typeof foldContact>) =>
  found.inside
    .filter(({ type }) => type !== 'journey.entered')
    .map(({ type, properties }) => [type, properties.because]);

describe('requests', () => {
  const rules = rulesOf(graph('a'), graph('b', { entries: [], reentry: { kind: 'per', property: 'deal' } }));

  test('open the journey that they name, and no other', () => {
    const found = foldContact(someone(), [request({ journey: 'b', by: 'exit', from: 'a', entry: { deal: 7 } })], rules);
    expect(found.entries).toMatchObject([{ journeyKey: 'b', entryKey: '7', properties: { deal: 7 } }]);
    expect(found.decisions).toMatchObject([{ outcome: 'entered', reason: 'asked for by exit of a' }]);
  });

  test('count one hop more than what they follow from', () => {
    const found = foldContact(someone(), [request({ journey: 'a', by: 'list' }, { hops: 20 })], rules);
    expect(found.entries).toMatchObject([{ hops: 20 }]);
    expect(found.inside).toMatchObject([{ type: 'journey.entered', hops: 21 }]);
  });

  test('too far from anything outside are refused', () => {
    const found = foldContact(someone(), [request({ journey: 'a', by: 'exit' }, { hops: 21 })], rules);
    expect([entered(found), refusals(found)]).toEqual([[], ['more than 20 events away from anything outside']]);
  });

  test('from outside are events like others', () => {
    const found = foldContact(someone(), [request({ journey: 'a', by: 'exit' }, { origin: 'http' })], rules);
    expect([entered(found), found.decisions]).toEqual([[], []]);
  });

  test('of an erased contact change nothing', () => {
    const found = foldContact(someone({ erased: true }), [request({ journey: 'a', by: 'exit' }, { hops: 21 })], rules);
    expect([found.entries, found.decisions]).toEqual([[], []]);
  });
});

describe('the n-th event', () => {
  const counting = (more: Partial<Graph> = {}) =>
    rulesOf(
      graph('a', {
        entries: [{ kind: 'event', event: 'page.viewed', where: { path: '/p' }, times: 3, within: '1 hour' }],
        reentry: { kind: 'always' },
        ...more,
      }),
    );
  const view = (minute: number, more: Partial<TurnedEvent> = {}) =>
    event('page.viewed', { receivedAt: minute * 60_000, properties: { path: '/p' }, ...more });

  test('opens, and each further one too', () => {
    const found = foldContact(someone(), [view(0), view(10), view(20), view(30)], counting());
    expect(entered(found)).toEqual(['a']);
    expect(refusals(found)).toEqual(['already in this journey']);
  });

  test('is within the period, by when it was received', () => {
    expect(entered(foldContact(someone(), [view(0), view(10), view(61)], counting()))).toEqual([]);
    expect(entered(foldContact(someone(), [view(0), view(10), view(60)], counting()))).toEqual(['a']);
  });

  test('counts neither others nor machines', () => {
    const others = [
      view(0),
      view(1, { properties: { path: '/q' } }),
      view(2, { properties: { path: '/p', machine: true } }),
    ];
    expect(entered(foldContact(someone(), [...others, view(3)], counting()))).toEqual([]);
  });

  test('of several entries one is enough, once', () => {
    const either = counting({
      entries: [
        { kind: 'event', event: 'page.viewed', times: 9, within: '1 day' },
        { kind: 'event', event: 'page.viewed' },
        { kind: 'event', event: 'activity', types: ['page.viewed'] },
      ],
    });
    const found = foldContact(someone(), [view(0)], either);
    expect([entered(found), refusals(found)]).toEqual([['a'], []]);
  });
});

describe('watched conditions', () => {
  const watching = (condition: Condition, more: { since?: number; known?: boolean } = {}): Rules => {
    const rules = rulesOf(graph('a', { entries: [{ kind: 'becomes', condition }] }));
    const { since = 0, known = true } = more;
    const watches = watchesOf(rules.journeys, {}).map((watch) => {
      return { ...watch, triggers: triggersOf(watch.condition, {}), since, known };
    });
    return { ...rules, watches };
  };
  const twice: Condition = { did: 'page.viewed', times: 2 };
  const key = (rules: Rules) => rules.watches[0]?.key ?? '';

  test('ask for the journey when they turn true, once', () => {
    const rules = watching(twice);
    const views = [event('page.viewed'), event('page.viewed'), event('page.viewed')];
    const found = foldContact(someone(), views, rules);
    expect(found.inside).toMatchObject([
      { type: 'journey.requested', messageId: `journey.requested:${key(rules)}:ann:2`, properties: { by: 'becomes' } },
    ]);
    expect(found.turns).toEqual([{ key: key(rules), contactId: 'ann', holds: true, at: 2000 }]);
  });

  test('that hold already ask for nothing', () => {
    const rules = watching(twice);
    const subject = someone({ member: new Set([key(rules)]) });
    const found = foldContact(subject, [event('page.viewed'), event('page.viewed')], rules);
    // It does not hold of what was read: it turned false meanwhile, and true again.
    expect(found.turns.map(({ holds }) => holds)).toEqual([false, true]);
    expect(inside(found)).toEqual([['journey.requested', 'page.viewed']]);
  });

  test.each([
    ['held when the watch began', 0, []],
    ['did not hold when it began', -1, ['journey.requested']],
  ])('of a contact not looked at: %s', (_name, createdAt, asked) => {
    const seen = { seq: 0n, type: 'page.viewed', properties: {}, receivedAt: 0, about: null };
    const past = createdAt === 0 ? [seen, seen] : [seen];
    const rules = watching(twice, { since: 500, known: false });
    const found = foldContact(someone({ past }), [event('page.viewed')], rules);
    expect(found.inside.map(({ type }) => type)).toEqual(asked);
    expect(found.turns).toMatchObject([{ holds: true }]);
  });

  test.each([
    ['younger than the watch', 900, ['journey.requested']],
    ['older than the watch', 400, []],
  ])('that hold of everybody new: a contact %s', (_name, createdAt, asked) => {
    const rules = watching({ field: 'country', exists: false }, { since: 500, known: false });
    const found = foldContact(someone({ createdAt }), [event('contact.created', { origin: 'inside' })], rules);
    expect(found.inside.map(({ type }) => type)).toEqual(asked);
  });

  test('are turned by what an event tells', () => {
    const rules = watching({ field: 'country', is: 'DE' }, { known: false });
    const found = foldContact(someone(), [event('identify', { traits: { country: 'DE' } })], rules);
    expect(inside(found)).toEqual([
      ['contact.updated', undefined],
      ['journey.requested', 'identify'],
    ]);
  });

  test('are looked at by events that can turn them', () => {
    const rules = watching({ journey: 'b', status: 'active' });
    const subject = () => someone({ enrollments: [enrolled('b')] });
    expect(foldContact(subject(), [event('page.viewed')], rules).turns).toEqual([]);
    const entering = event('journey.entered', { origin: 'inside', properties: { journey: 'b', enrollmentId: 'in-b' } });
    expect(foldContact(subject(), [entering], rules).turns).toHaveLength(1);
  });

  test('see a click on one of the last mails', () => {
    const rules = watching({ mails: 'last 1', clicked: 'any' });
    const about = { sendId: 's', enrollmentId: 'x', stepId: 'm' };
    const subject = () => someone({ mails: [{ sendId: 's', opened: false, clicked: false }] });
    const click = (machine: boolean) => event('email.clicked', { about, properties: { machine } });
    expect(foldContact(subject(), [click(true)], rules).turns).toEqual([]);
    expect(foldContact(subject(), [click(false)], rules).turns).toHaveLength(1);
  });
});

describe('watched segments', () => {
  const segments = { quiet: { not: { did: 'page.viewed', within: '1 hour' } } } satisfies Record<string, Condition>;
  const rules = (): Rules => {
    const plain = rulesOf(
      graph('a', { entries: [{ kind: 'segment', segment: 'quiet' }], reentry: { kind: 'always' } }),
    );
    const watches = watchesOf(plain.journeys, segments).map((watch) => {
      return { ...watch, triggers: triggersOf(watch.condition, segments), since: 0, known: true };
    });
    return { ...plain, segments, watches };
  };

  test('are left by an event, and tell of it', () => {
    const found = foldContact(someone({ member: new Set(['quiet']) }), [event('page.viewed')], rules());
    expect(inside(found)).toEqual([['segment.left', 'page.viewed']]);
    expect(found.turns).toMatchObject([{ key: 'quiet', holds: false }]);
  });

  test('open journeys by what is told of them', () => {
    const told = (segment: string, origin = 'inside') => event('segment.entered', { origin, properties: { segment } });
    expect(entered(foldContact(someone(), [told('other'), told('quiet', 'http')], rules()))).toEqual([]);
    expect(entered(foldContact(someone(), [told('quiet')], rules()))).toEqual(['a']);
  });

  test('have a meaning that nested ones change', () => {
    const journeys = [{ key: 'a', graph: { entries: [{ kind: 'segment', segment: 'outer' } as const] } }];
    const meaning = (inner: Condition) => watchesOf(journeys, { outer: { segment: 'inner' }, inner })[0]?.meaning;
    expect(meaning({ field: 'country', is: 'DE' })).not.toBe(meaning({ field: 'country', is: 'FR' }));
    expect(meaning({ field: 'country', is: 'DE' })).toBe(meaning({ is: 'DE', field: 'country' }));
    expect(watchesOf(journeys, {}).map((watch) => watch.key)).toEqual(Object.keys(builtInSegments));
  });
});

describe('what starts nobody', () => {
  const context = startingNobody;
  const rules = (condition: Condition): Rules => {
    const plain = rulesOf(
      graph('a', { entries: [{ kind: 'event', event: 'contact.identified' }] }),
      graph('b', { entries: [{ kind: 'becomes', condition }] }),
    );
    const watches = watchesOf(plain.journeys, {}).map((watch) => {
      return { ...watch, triggers: triggersOf(watch.condition, {}), since: 0, known: true };
    });
    return { ...plain, watches };
  };
  const german = () => rules({ field: 'country', is: 'DE' });
  const identified = (more: Partial<TurnedEvent>) =>
    event('contact.identified', { origin: 'import', traits: { country: 'DE' }, ...more });

  test('opens no journey, and turns watches silently', () => {
    const found = foldContact(someone(), [identified({ context })], german());
    expect([entered(found), found.decisions]).toEqual([[], []]);
    expect(found.turns).toMatchObject([{ holds: true }]);
    expect(found.inside).toMatchObject([{ type: 'contact.updated', startsNobody: true }]);
  });

  test('is what follows from it, too', () => {
    const created = event('contact.created', { origin: 'inside', context });
    const found = foldContact(someone(), [created], rules({ field: 'country', exists: false }));
    expect([found.inside, found.turns.length]).toEqual([[], 1]);
  });

  test('is a row of a file alone, and nothing of a page', () => {
    const found = foldContact(someone(), [identified({ context, origin: 'http' })], german());
    expect(entered(found)).toEqual(['a']);
    expect(inside(found).map(([type]) => type)).toEqual(['contact.updated', 'journey.requested']);
    expect(found.inside.filter((row) => row.startsNobody)).toEqual([]);
  });

  test('leaves the events after it alone', () => {
    const found = foldContact(someone(), [identified({ context }), identified({})], german());
    expect(entered(found)).toEqual(['a']);
  });
});
