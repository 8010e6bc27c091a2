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

export interface Told {
  newId: () => string;
  /** Browsers (`anonymous:<id>`) that came by a link in a mail to the contact whose they are. */
  recognised: ReadonlySet<string>;
  /** Visitors who are no person: they are joined with nobody, and given nothing. */
  crowds?: ReadonlySet<string>;
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
  told: Told,
): IdentityPlan {
  const people = new People(owners, told);
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
    private readonly told: Told,
  ) {
    for (const { key, contactId: id, known, hasUser } of owners.values()) {
      this.ownerOfKey.set(key, id);
      this.contacts.set(id, { id, known, hasUser, seq: null });
    }
  }

  /** False if the event names nobody. */
  meet(event: KeyedEvent): boolean {
    const keys = this.telling(keysOf(event).filter((key) => !key.startsWith('contact:') || this.ownerOfKey.has(key)));
    if (keys.length === 0) return false;
    const contact = this.contactFor(keys, event);
    // What an event says of a visitor is believed as a whole: its first key makes them known.
    const before = { ...contact };
    for (const key of keys) {
      if (!this.ownerOfKey.has(key)) {
        if (this.mayTake(key, before, event)) this.give(key, contact);
      } else {
        this.join(this.ownerOfKey.get(key) ?? '', contact, event.seq);
      }
    }
    return true;
  }

  /** An id that many share says nothing beside another. */
  private telling(keys: string[]): string[] {
    const { crowds } = this.told;
    const own = crowds ? keys.filter((key) => !crowds.has(this.ownerOfKey.get(key) ?? '')) : keys;
    return own.length > 0 ? own : keys;
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
    return contact && !this.isSomebodyElse(keys, contact, event) ? contact : this.create(event.seq);
  }

  /**
   * Its leading key is nobody's, and not to be theirs. A user id that nobody vouches for makes nobody somebody else: it is
   * left for the server's word, so that this can still give it to them.
   */
  private isSomebodyElse(keys: readonly string[], contact: Contact, event: KeyedEvent): boolean {
    const [leading = ''] = keys;
    if (this.ownerOfKey.has(leading) || this.mayTake(leading, contact, event)) return false;
    const namesOthers = keys.some((key) => key.startsWith('email:') && this.ownerOfKey.get(key) !== contact.id);
    return !leading.startsWith('user:') || contact.hasUser || namesOthers;
  }

  private create(seq: bigint): Contact {
    const contact = { id: this.told.newId(), known: false, hasUser: false, seq };
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

  /** A browser's word gives no known person an address; nor a user id, unless it came by a mail to them and they have none. */
  private mayTake(key: string, { id, known, hasUser }: Contact, event: KeyedEvent): boolean {
    if (!event.fromBrowser || !known) return true;
    if (!key.startsWith('user:')) return !key.startsWith('email:');
    const { recognised } = this.told;
    return !hasUser && keysOf(event).some((one) => recognised.has(one) && this.ownerOfKey.get(one) === id);
  }
}
