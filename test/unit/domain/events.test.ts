import { expandEvent, expandGroup, isBehaviour, isReserved } from '../../../workflows/domain/events';

test('reserved names are recognised in any spelling', () => {
  expect(['email.clicked', 'crm.x', ' Contact.Created', 'JOURNEY.entered'].filter(isReserved)).toHaveLength(4);
  expect(['emailed', 'form.submitted', 'Order Completed', 'email'].filter(isReserved)).toEqual([]);
});

const activity = [
  ...['email.clicked', 'email.replied', 'message.clicked', 'message.replied', 'page.viewed', 'form.submitted'],
];

test('a group stands for its types', () => {
  expect(expandEvent({ event: 'activity' })).toEqual(activity);
  expect(expandEvent({ did: 'demo.requested' })).toEqual(['demo.requested']);
  expect(expandEvent({ event: 'constructor' })).toEqual(['constructor']);
});

test('a group of the settings keeps its types', () => {
  expect(expandEvent({ event: 'shopping', types: ['cart.updated'] })).toEqual(['cart.updated']);
  const groups = { shopping: ['cart.updated', 'activity'], activity: ['order.completed'] };
  expect(expandGroup('shopping', groups)).toEqual(['cart.updated', ...activity]);
  expect(expandGroup('activity', groups)).toEqual(['order.completed']);
  expect(expandGroup('toString', groups)).toEqual(['toString']);
});

test('machine clicks count only when asked for', () => {
  const click = { type: 'email.clicked', properties: { url: 'https://example.test/a', machine: true } };
  expect(isBehaviour({ types: ['email.clicked'] }, click)).toBe(false);
  expect(isBehaviour({ types: ['email.clicked'], where: { machine: true } }, click)).toBe(true);
  expect(isBehaviour({ types: ['email.clicked'] }, { ...click, properties: { machine: false } })).toBe(true);
  expect(isBehaviour({ types: ['email.opened'] }, { ...click, properties: {} })).toBe(false);
  expect(isBehaviour({ types: ['email.clicked'], where: { url: 'x' } }, { ...click, properties: {} })).toBe(false);
});
