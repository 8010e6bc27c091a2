import { emptyWorld, type World } from '../../../workflows/interpreter/virtual/world';
import { optOut } from '../../../workflows/interpreter/virtual/people';
import { pump } from '../../../workflows/interpreter/virtual/pump';
import { accept } from '../../../workflows/interpreter/virtual/record';
import type { JsonObject } from '../../../workflows/domain/json';

const email = 'ann@example.test';
let world: World;
beforeEach(() => {
  world = emptyWorld(1_000);
  world.contacts.push({ id: 'ann', fields: { email }, lastTurn: 0n, createdAt: 0 } as never);
  world.identities.set(`email:${email}`, 'ann');
  optOut(world, { address: email, contactId: 'ann', topic: 'education', link: 'l' });
});

function told(consent: JsonObject, at: number, origin = 'http'): string[] {
  const event = { origin, messageId: `m${at}`, type: 'contact.identified', keys: ['contact:ann'], receivedAt: at };
  accept(world, { ...event, traits: { consent } });
  pump(world);
  return world.suppressions.map(({ address, scope }) => `${address} ${scope}`);
}

test('a later consent ends an opt-out in simulations too', () => {
  expect(told({ topic: 'education' }, 2_000)).toEqual([]);
  expect(world.events.map(({ type }) => type)).toContain('contact.consented');
  expect(world.contacts[0]?.fields).toEqual({ email });
});

test('it ends at an address of before as well', () => {
  world.identities.set('email:before@example.test', 'ann');
  optOut(world, { address: email, contactId: 'ann', topic: 'education', link: 'again' });
  world.suppressions.push({
    channel: 'email',
    address: 'before@example.test',
    scope: 'global',
    reason: 'bounced',
    at: 1,
  });
  expect(told({ topic: 'education' }, 2_000)).toEqual(['before@example.test global']);
  expect(back()).toBe(1);
});

test.each([
  ['at the same instant', { topic: 'education' }, 1_000, 'http'],
  ['about something else', { topic: 'product' }, 2_000, 'http'],
  ['in a file', { topic: 'education' }, 2_000, 'import'],
  ['in a form', { topic: 'education' }, 2_000, 'form'],
])('a consent %s ends nothing', (_, consent, at, origin) => {
  expect(told(consent, at, origin)).toEqual([`${email} topic:education`, 'person:ann topic:education']);
});

test('a form of a browser that clicked in their mail ends it', () => {
  const browser = 'anonymous:b';
  const told = { origin: 'visit', messageId: 'click', type: 'contact.recognised', receivedAt: 2_000 };
  accept(world, { ...told, keys: ['contact:ann', browser] });
  world.identities.set(browser, 'ann');
  const form = { origin: 'form', messageId: 'form', type: 'form.submitted', receivedAt: 3_000 };
  accept(world, { ...form, keys: ['contact:ann', browser], traits: { consent: { topic: 'education' } } });
  pump(world);
  expect(world.suppressions).toEqual([]);
});

const back = () => world.events.filter(({ type }) => type === 'contact.resubscribed').length;

test.each([
  ['to the topic', { topic: 'education' }, 1],
  ['to everything', { topic: '*' }, 1],
  ['to another topic', { topic: 'product' }, 0],
  ['to SMS', { topic: '*', channel: 'sms' }, 0],
  ['of before', { topic: '*', at: '1970-01-01T00:00:00Z' }, 0],
])('who is back is told after a consent %s', (_, consent, times) => {
  told(consent, 2_000);
  expect(back()).toBe(times);
});

test('of two opt-outs both must end here too', () => {
  optOut(world, { address: email, contactId: 'ann', topic: 'product', link: 'l' });
  told({ topic: 'education' }, 2_000);
  expect(back()).toBe(0);
  told({ topic: 'product' }, 2_001);
  expect(back()).toBe(1);
});

test('who never left does not come back', () => {
  world.suppressions = [];
  world.events = [];
  told({ topic: 'education' }, 2_000);
  expect(back()).toBe(0);
});

test('pressed anew after a consent, it counts anew', () => {
  const press = () => optOut(world, { address: email, contactId: 'ann', topic: 'education', link: 'l' });
  const left = () => world.events.filter(({ type }) => type === 'email.unsubscribed').length;
  press();
  expect(left()).toBe(1);
  told({ topic: 'education' }, 2_000);
  world.now = 3_000;
  press();
  press();
  expect(left()).toBe(2);
});
