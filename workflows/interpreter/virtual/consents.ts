import { consentsIn, endedBy, mayLift, withdrawnBy, withdrawnOf } from '../../domain/consent/consent';
import type { StandingOptOut } from '../../domain/consent/consent';
import { ownerOf } from './reading';
import { insideEvent } from './record';
import { standingAgainst, standingElsewhere } from './suppressions';
import type { ContactRow, EventRow, SuppressionRow, World } from './world';

/** Tells of what an event says that the person agreed to, and ends the opt-outs that it came after. */
export function noteConsents(world: World, event: EventRow, contact: ContactRow): void {
  const given = consentsIn(event.traits.consent);
  for (const { channel, topic } of given) {
    const messageId = `contact.consented:${contact.id}:${event.seq}:${channel}:${topic}`;
    insideEvent(world, {
      ...{ type: 'contact.consented', messageId, contactId: contact.id, properties: { topic, channel } },
    });
  }
  const toMail = given.filter(({ channel }) => channel === 'email');
  const { origin } = event;
  const may = mayLift({ origin, isRecognised: isRecognised(world, event, contact) });
  if (toMail.length === 0 || !may || !isOwn(world, event, contact)) return;
  const heard = event.receivedAt;
  const consents = toMail.map(({ topic, at }) => ({ topic, at: Math.min(at ?? heard, heard) }));
  if (!lift(world, contact, consents)) return;
  const messageId = `contact.resubscribed:${contact.id}:${event.seq}`;
  insideEvent(world, { type: 'contact.resubscribed', messageId, contactId: contact.id, properties: {} });
}

/** Answers whether they are back. */
function lift(world: World, contact: ContactRow, consents: readonly { topic: string; at: number }[]): boolean {
  const dated = (rows: SuppressionRow[]) => rows.map((row) => ({ ...row, at: row.at ?? Infinity, row }));
  const standing = dated(standingAgainst(world, contact));
  const elsewhere = dated(standingElsewhere(world, contact));
  const { ended, backSince } = endedBy(consents, { standing, elsewhere, withdrawn: withdrawnBefore(world, contact) });
  const gone = new Set<SuppressionRow>(ended.map(({ row }) => row));
  world.suppressions = world.suppressions.filter((row) => !gone.has(row));
  return backSince !== null;
}

function withdrawnBefore({ events }: World, { id }: ContactRow): StandingOptOut[] {
  return events.flatMap((event) => {
    const withdrawn = event.turn !== null && event.contactId === id ? withdrawnBy(event) : null;
    return withdrawn?.channel === 'email' ? [withdrawnOf({ ...withdrawn, at: event.receivedAt })] : [];
  });
}

/** A browser of theirs that came by a link in a mail to them. */
function isRecognised(world: World, { keys, seq }: EventRow, { id }: ContactRow): boolean {
  const browsers = keys.filter((key) => key.startsWith('anonymous:') && ownerOf(world, key) === id);
  const clicks = world.events.filter(
    (one) => one.type === 'contact.recognised' && one.contactId === id && one.seq < seq,
  );
  return clicks.some((click) => click.keys.some((key) => browsers.includes(key)));
}

/** How often they agreed to mail so far. */
export function countGiven(world: World, contactId: string): number {
  const isTheirs = ({ keys }: EventRow) => keys.some((key) => ownerOf(world, key) === contactId);
  return world.events.filter(
    (event) => event.type === 'contact.consented' && event.properties['channel'] === 'email' && isTheirs(event),
  ).length;
}

/** Where the event names the address of somebody else, nothing is ended. */
function isOwn(world: World, { traits }: EventRow, { id }: ContactRow): boolean {
  return typeof traits.email !== 'string' || ownerOf(world, `email:${traits.email}`) === id;
}
