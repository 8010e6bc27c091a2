import type { KeyedEvent } from '../../prisma/stores/pump/events';
import type { NewContact, Owner } from '../../prisma/stores/pump/identities';
import { keysOf } from './keys';

export interface Join {
  /** An anonymous visitor … */
  from: string;
  /** … who turned out to be this contact. */
  into: string;
  /** The event that told so. */
  seq: bigint;
}

export interface IdentityPlan {
  contacts: NewContact[];
  identities: { key: string; contactId: string }[];
  joins: Join[];
  /** Events that name only contacts that do not exist. */
  lost: bigint[];
}

interface Contact {
  id: string;
  known: boolean;
  hasUser: boolean;
  /** The event that it is created by, if it is new. */
  seq: bigint | null;
}

/**
 * Who these events are about, first to last: keys of nobody join the contact of the event's other keys, and an
 * anonymous visitor joins the known contact it meets. Two known contacts are never joined.
 */
export function planIdentities(
  events: readonly KeyedEvent[],
  owners: ReadonlyMap<string, Owner>,
  newId: () => string,
): IdentityPlan {
  const people = new People(owners, newId);
  const lost = events.filter((event) => !people.meet(event)).map(({ seq }) => seq);
  return { ...people.plan(), lost };
}

/** Whether two plans for the same events come to the same: contacts are made by the same events, whatever ids they get. */
export function isSamePlan(a: IdentityPlan, b: IdentityPlan): boolean {
  return JSON.stringify(withoutNewIds(a)) === JSON.stringify(withoutNewIds(b));
}

function withoutNewIds({ contacts, identities, joins }: IdentityPlan): unknown {
  const made = new Map(contacts.map(({ id, seq }) => [id, `by ${seq}`]));
  const name = (id: string): string => made.get(id) ?? id;
  return [
    [...made.values()],
    identities.map(({ key, contactId }) => [key, name(contactId)]),
    joins.map(({ from, into }) => [from, name(into)]),
  ];
}

class People {
  private readonly contacts = new Map<string, Contact>();
  private readonly ownerOfKey = new Map<string, string>();
  private readonly given = new Set<string>();
  private joins: Join[] = [];

  constructor(
    owners: ReadonlyMap<string, Owner>,
    private readonly newId: () => string,
  ) {
    for (const { key, contactId: id, known, hasUser } of owners.values()) {
      this.ownerOfKey.set(key, id);
      this.contacts.set(id, { id, known, hasUser, seq: null });
    }
  }

  /** False if the event names nobody. */
  meet(event: KeyedEvent): boolean {
    const keys = keysOf(event).filter((key) => !key.startsWith('contact:') || this.ownerOfKey.has(key));
    if (keys.length === 0) return false;
    const contact = this.contactFor(keys, event);
    for (const key of keys) {
      if (!this.ownerOfKey.has(key)) {
        if (mayTake(key, contact, event)) this.give(key, contact);
      } else {
        this.join(this.ownerOfKey.get(key) ?? '', contact, event.seq);
      }
    }
    return true;
  }

  plan(): Omit<IdentityPlan, 'lost'> {
    const contacts = [...this.contacts.values()].flatMap(({ id, seq }) => (seq === null ? [] : [{ id, seq }]));
    const identities = [...this.given].map((key) => ({ key, contactId: this.ownerOfKey.get(key) ?? '' }));
    return { contacts, identities, joins: this.joins };
  }

  private contactFor(keys: readonly string[], event: KeyedEvent): Contact {
    const found = keys.flatMap((key) => this.contacts.get(this.ownerOfKey.get(key) ?? '') ?? []);
    const named = found.find(({ id }) =>
      keys.some((key) => key.startsWith('contact:') && this.ownerOfKey.get(key) === id),
    );
    const contact = named ?? found.find(({ known }) => known) ?? found[0];
    const [leading = ''] = keys;
    const isSomebodyElse = contact && !this.ownerOfKey.has(leading) && !mayTake(leading, contact, event);
    return contact && !isSomebodyElse ? contact : this.create(event.seq);
  }

  private create(seq: bigint): Contact {
    const contact = { id: this.newId(), known: false, hasUser: false, seq };
    this.contacts.set(contact.id, contact);
    return contact;
  }

  private give(key: string, contact: Contact): void {
    this.ownerOfKey.set(key, contact.id);
    this.given.add(key);
    contact.known ||= !key.startsWith('anonymous:');
    contact.hasUser ||= key.startsWith('user:');
  }

  private join(fromId: string, into: Contact, seq: bigint): void {
    const from = this.contacts.get(fromId);
    if (!from || from === into || from.known) return;
    for (const [key, id] of this.ownerOfKey) if (id === fromId) this.ownerOfKey.set(key, into.id);
    this.contacts.delete(fromId);
    for (const join of this.joins) if (join.into === fromId) join.into = into.id;
    if (from.seq === null) this.joins.push({ from: fromId, into: into.id, seq });
  }
}

/** A browser's word gives no known person an address, nor a second user id. */
function mayTake(key: string, contact: Contact, { fromBrowser }: KeyedEvent): boolean {
  if (!fromBrowser) return true;
  if (key.startsWith('email:')) return !contact.known;
  return !key.startsWith('user:') || !contact.hasUser;
}
