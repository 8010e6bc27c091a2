import { crossings, event, fields, given, ledger, modelOf, play, rule, standing } from './scores';

const unsubscribed = {
  id: 'unsubscribed',
  types: ['email.unsubscribed'],
  where: null,
  until: ['contact.resubscribed'],
};
const model = modelOf({
  fit: [{ id: 'vp', group: 'title', when: { field: 'seniority', is: 'vp' }, points: 15 }],
  engagement: [rule('demo', 'demo.requested', 25), rule('webinar', 'webinar.attended', 20)],
  resets: [unsubscribed],
  tiers: { low: 1, medium: 26, high: 71, slack: 0, dwellMs: 86_400_000 },
});

const inputs = [
  ...[fields(0, { seniority: 'vp' }), event(1, 'demo.requested'), given(2, 7)],
  ...[event(3, 'email.unsubscribed'), event(4, 'webinar.attended'), event(5, 'contact.resubscribed')],
];

test('an opt-out takes engagement and blocks', () => {
  expect(standing(model, inputs, 2)).toMatchObject({ fit: 15, engagement: 32, total: 47, tier: 'medium' });
  expect(standing(model, inputs, 3)).toMatchObject({ fit: 15, engagement: 0, total: 0, tier: 'none', blocked: true });
});

test('points that come meanwhile count later', () => {
  expect(standing(model, inputs, 4)).toMatchObject({ fit: 15, engagement: 20, total: 0, tier: 'none', blocked: true });
  expect(standing(model, inputs, 5)).toMatchObject({
    fit: 15,
    engagement: 20,
    total: 35,
    tier: 'medium',
    blocked: false,
  });
});

test('the way is told, without any dwell', () => {
  const scored = play(model, inputs, 9);
  expect(ledger(scored)).toEqual(['0: vp +15', '1: demo +25', '3: unsubscribed -32', '4: webinar +20']);
  expect(crossings(scored)).toEqual([
    ...['0: tier none → low at 15', '1: tier low → medium at 40'],
    ...['3: blocked no → yes at 0', '3: tier medium → none at 0'],
    ...['5: blocked yes → no at 35', '5: tier none → medium at 35'],
  ]);
});

test('without until nothing is blocked', () => {
  const open = { ...model, resets: [{ ...unsubscribed, until: null }] };
  const later = [fields(0, { seniority: 'vp' }), event(1, 'demo.requested'), event(3, 'email.unsubscribed')];
  expect(standing(open, later, 3)).toMatchObject({ fit: 15, engagement: 0, total: 15, blocked: false, tier: 'medium' });
  expect(standing(open, later, 4)).toMatchObject({ tier: 'low' });
});

test('each reset waits for its own consent', () => {
  const complained = { id: 'complained', types: ['email.complained'], where: null, until: ['owner.pardoned'] };
  const both = { ...model, resets: [unsubscribed, complained] };
  const said = [event(1, 'email.unsubscribed'), event(2, 'email.complained'), event(3, 'contact.resubscribed')];
  expect(standing(both, said, 3).blocked).toBe(true);
  expect(standing(both, [...said, event(4, 'owner.pardoned')], 4).blocked).toBe(false);
});

test('points of the same event go too', () => {
  const angry = { ...model, engagement: [...model.engagement, rule('bye', 'email.unsubscribed', -20)] };
  expect(standing(angry, [event(1, 'email.unsubscribed')], 1)).toMatchObject({ engagement: 0 });
});

test('what was once counted stays counted', () => {
  const once = { ...model, engagement: [rule('demo', 'demo.requested', 25, { per: { max: 1, ms: null } })] };
  const again = [
    event(1, 'demo.requested'),
    event(2, 'email.unsubscribed'),
    event(3, 'contact.resubscribed'),
    event(4, 'demo.requested'),
  ];
  expect(standing(once, again, 4)).toMatchObject({ engagement: 0, total: 0 });
});
