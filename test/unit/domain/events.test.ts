import { expandEvent, isBehaviour, isReserved } from '../../../workflows/domain/events';

test('reserved names are recognised in any spelling', () => {
  expect(['email.clicked', 'crm.x', ' Contact.Created', 'JOURNEY.entered'].filter(isReserved)).toHaveLength(4);
  expect(['emailed', 'form.submitted', 'Order Completed', 'email'].filter(isReserved)).toEqual([]);
});

test('a group stands for its types', () => {
  expect(expandEvent('activity')).toEqual(['email.clicked', 'email.replied', 'page.viewed', 'form.submitted']);
  expect(expandEvent('demo.requested')).toEqual(['demo.requested']);
  expect(expandEvent('constructor')).toEqual(['constructor']);
});

test('machine clicks count only when asked for', () => {
  const click = { type: 'email.clicked', properties: { url: 'https://example.test/a', machine: true } };
  expect(isBehaviour({ types: ['email.clicked'] }, click)).toBe(false);
  expect(isBehaviour({ types: ['email.clicked'], where: { machine: true } }, click)).toBe(true);
  expect(isBehaviour({ types: ['email.clicked'] }, { ...click, properties: { machine: false } })).toBe(true);
  expect(isBehaviour({ types: ['email.opened'] }, { ...click, properties: {} })).toBe(false);
  expect(isBehaviour({ types: ['email.clicked'], where: { url: 'x' } }, { ...click, properties: {} })).toBe(false);
});
