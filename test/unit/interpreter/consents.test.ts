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
  return world.suppressions.map(({ scope }) => scope);
}

test('a later consent ends an opt-out in simulations too', () => {
  expect(told({ topic: 'education' }, 2_000)).toEqual([]);
  expect(world.events.map(({ type }) => type)).toContain('contact.consented');
  expect(world.contacts[0]?.fields).toEqual({ email });
});

test.each([
  ['at the same instant', { topic: 'education' }, 1_000, 'http'],
  ['about something else', { topic: 'product' }, 2_000, 'http'],
  ['in a file', { topic: 'education' }, 2_000, 'import'],
])('a consent %s ends nothing', (_, consent, at, origin) => {
  expect(told(consent, at, origin)).toEqual(['topic:education']);
});
