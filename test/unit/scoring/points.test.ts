import { event, fields, given, hour, day, ledger, modelOf, play, rule, standing } from './scores';

const pricing = { path: { startsWith: '/pricing' } };
const page = (days: number, path: string) => event(days, 'page.viewed', { path });

test('each event gives its points', () => {
  const model = modelOf({ engagement: [rule('demo', 'demo.requested', 25), rule('case', 'asset.downloaded', 15)] });
  const inputs = [event(1, 'demo.requested'), event(2, 'asset.downloaded'), event(3, 'demo.requested')];
  expect(ledger(play(model, inputs, 3))).toEqual(['1: demo +25', '2: case +15', '3: demo +25']);
  expect(standing(model, inputs, 3)).toMatchObject({ fit: 0, engagement: 65, total: 65, tier: 'medium' });
});

test('only what passes its conditions counts', () => {
  const model = modelOf({ engagement: [rule('pricing', 'page.viewed', 10, { where: pricing })] });
  expect(ledger(play(model, [page(1, '/blog'), page(2, '/pricing/teams'), event(3, 'page.viewed')], 9))).toEqual([
    '2: pricing +10',
  ]);
});

test('machines count only for who asks', () => {
  const model = modelOf({
    engagement: [rule('click', 'email.clicked', 5), rule('scanned', 'email.clicked', 1, { where: { machine: true } })],
  });
  const inputs = [event(1, 'email.clicked', { machine: true }), event(2, 'email.clicked')];
  expect(ledger(play(model, inputs, 9))).toEqual(['1: scanned +1', '2: click +5']);
});

test('once is once for ever', () => {
  const model = modelOf({ engagement: [rule('first', 'page.viewed', 10, { per: { max: 1, ms: null } })] });
  expect(
    ledger(
      play(
        model,
        [1, 2, 500].map((at) => page(at, '/')),
        900,
      ),
    ),
  ).toEqual(['1: first +10']);
});

test('a day later it counts again', () => {
  const model = modelOf({ engagement: [rule('click', 'email.clicked', 5, { per: { max: 2, ms: day } })] });
  // At most two in any 24 hours: those of 2 h and 23 h find two before them, that of 24 h only that of 1 h.
  const inputs = [0, 1, 2, 23, 24, 24.5, 25].map((hours) => event(hours / 24, 'email.clicked'));
  const { entries } = play(model, inputs, 9);
  expect(entries.map(({ at }) => at / hour)).toEqual([0, 1, 24, 25]);
});

test('the nth within a period counts', () => {
  // Opens of days 0, 10, 20, 30: the fourth is within 30 days of the first, exactly. The next has 10, 20, 30 beside it.
  const opens = rule('opens', 'email.opened', 5, { within: { times: 4, ms: 30 * day } });
  const inputs = [0, 10, 20, 30, 40, 71].map((at) => event(at, 'email.opened'));
  expect(ledger(play(modelOf({ engagement: [opens] }), inputs, 99))).toEqual(['30: opens +5', '40: opens +5']);
});

test('nth events that do not count are seen', () => {
  const again = rule('again', 'page.viewed', 15, { within: { times: 2, ms: 7 * day }, per: { max: 1, ms: 7 * day } });
  // Day 6 is the second within 7 days; day 12 comes 6 days after it counted; day 13 comes 7 days after.
  const inputs = [0, 6, 12, 13].map((at) => page(at, '/'));
  expect(ledger(play(modelOf({ engagement: [again] }), inputs, 99))).toEqual(['6: again +15', '13: again +15']);
});

describe('caps', () => {
  const click = (more = {}) => rule('click', 'email.clicked', 5, { group: 'mail', ...more });
  const open = rule('open', 'email.opened', 4, { group: 'mail' });
  const clicks = [1, 2, 3].map((at) => event(at, 'email.clicked'));

  test('of a rule keep away the rest', () => {
    const model = modelOf({ engagement: [click({ cap: 12 })] });
    expect(ledger(play(model, clicks, 9))).toEqual(['1: click +5', '2: click +5', '3: click +2 (3 lost)']);
  });

  test('of a rule bound what it takes away', () => {
    const model = modelOf({ engagement: [rule('careers', 'page.viewed', -10, { cap: 15 })] });
    const inputs = [1, 2, 3].map((at) => page(at, '/careers'));
    expect(ledger(play(model, inputs, 9))).toEqual([
      '1: careers -10',
      '2: careers -5 (-5 lost)',
      '3: careers +0 (-10 lost)',
    ]);
  });

  test('of a group bind its rules together', () => {
    const model = modelOf({ engagement: [click(), open], caps: { fit: null, engagement: null, groups: { mail: 12 } } });
    const inputs = [...clicks.slice(0, 2), event(2.5, 'email.opened'), event(4, 'email.opened')];
    expect(ledger(play(model, inputs, 9))).toEqual([
      '1: click +5',
      '2: click +5',
      '2.5: open +2 (2 lost)',
      '4: open +0 (4 lost)',
    ]);
  });

  test('of all engagement leave out what was given', () => {
    const demo = rule('demo', 'demo.requested', 25);
    const model = modelOf({ engagement: [click(), demo], caps: { fit: null, engagement: 28, groups: {} } });
    const inputs = [given(0, 20), event(1, 'demo.requested'), ...clicks.slice(1, 2)];
    expect(ledger(play(model, inputs, 9))).toEqual(['1: demo +25', '2: click +3 (2 lost)']);
    expect(standing(model, inputs, 9)).toMatchObject({ engagement: 48 });
  });

  test('have room again after points went', () => {
    const careers = rule('careers', 'page.viewed', -10, { group: 'mail' });
    const model = modelOf({
      engagement: [click(), careers],
      caps: { fit: null, engagement: null, groups: { mail: 6 } },
    });
    // 5; 5 + 1 of 5; 6 − 10 = −4; 5 more is 1.
    const inputs = [...clicks.slice(0, 2), page(2.5, '/careers'), ...clicks.slice(2)];
    expect(ledger(play(model, inputs, 9))).toEqual([
      '1: click +5',
      '2: click +1 (4 lost)',
      '2.5: careers -10',
      '3: click +5',
    ]);
  });
});

describe('fit', () => {
  const fit = [
    { id: 'student', group: 'title', when: { field: 'seniority', is: 'student' }, points: -10 },
    { id: 'director', group: 'title', when: { field: 'seniority', in: ['director', 'vp'] }, points: 15 },
    { id: 'anyone', group: 'title', when: { field: 'seniority', exists: true }, points: 1 },
    { id: 'saas', group: 'industry', when: { all: [{ field: 'industry', is: 'saas' }] }, points: 10 },
  ];

  test('takes the first rule of each group', () => {
    expect(ledger(play(modelOf({ fit }), [fields(0, { seniority: 'vp', industry: 'saas' })], 1))).toEqual([
      '0: director +15',
      '0: saas +10',
    ]);
  });

  test('follows the fields', () => {
    const inputs = [
      fields(0, { seniority: 'student', industry: 'saas' }),
      fields(1, { seniority: 'student', industry: 'saas', firstName: 'Ann' }),
      fields(2, { seniority: 'director' }),
      fields(3, {}),
    ];
    expect(ledger(play(modelOf({ fit }), inputs, 9))).toEqual([
      ...['0: student -10', '0: saas +10'],
      ...['2: student +10', '2: director +15', '2: saas -10'],
      '3: director -15',
    ]);
    expect([0, 1, 2, 3].map((days) => standing(modelOf({ fit }), inputs, days).fit)).toEqual([0, 0, 15, 0]);
  });

  test('stays below its cap', () => {
    const model = modelOf({ fit, caps: { fit: 20, engagement: null, groups: {} } });
    const inputs = [
      fields(0, { seniority: 'vp', industry: 'saas' }),
      fields(1, { industry: 'saas' }),
      given(2, 30, 'fit'),
    ];
    // 15 and 5 of 10; then 10 of 10, the cap leaving room for all of it; what is given comes on top.
    expect(ledger(play(model, inputs, 9))).toEqual([
      '0: director +15',
      '0: saas +5 (5 lost)',
      '1: saas +5',
      '1: director -15',
    ]);
    expect([0, 1, 2].map((days) => standing(model, inputs, days).fit)).toEqual([20, 10, 40]);
  });
});
