import { contactFields } from '../../domain/contact-fields';
import { mergedProfile, type Profile } from '../../domain/merging/profile';
import { wasSentByNewer, yieldingRuns } from '../../domain/merging/runs';
import type { Channel } from '../../domain/sending/channel';
import type { Json, JsonObject } from '../../domain/json';
import { traitsOf } from '../../domain/updating/changes';
import type { Reading } from './reading';
import { insideEvent } from './record';
import { mergeScores } from './scores';
import { shareOptOuts } from './share-opt-outs';
import { graphOf, mustFind, type ContactRow, type EnrollmentRow, type World } from './world';

export interface Merge {
  stays: string;
  goes: string;
  by: 'identity' | 'hand';
  /** What it followed from: an event, or the merge itself. */
  cause: string;
}

/** Makes two records of one person one: PROTOCOL rules 27 to 31. Who is joined already is the one that they lead to. */
export function merge(world: World, { by, cause, ...ids }: Merge): void {
  const [stays, goes] = [present(world, ids.stays), present(world, ids.goes)];
  if (stays === goes) return;
  const again = shareOptOuts(world, stays, goes);
  moveRuns(world, stays, goes);
  moveRows(world, stays, goes);
  const filled = mergeFields(stays, goes);
  for (const contact of world.contacts) if (contact.mergedInto === goes.id) contact.mergedInto = stays.id;
  mergeScores(stays, goes);
  goes.mergedInto = stays.id;
  tell(world, { stays, goes, by, cause, filled, again });
}

function present(world: World, id: string): ContactRow {
  const contact = mustFind(world.contacts, id);
  return contact.mergedInto ? mustFind(world.contacts, contact.mergedInto) : contact;
}

/** Of the same journey the older run stays; whoever is moved is woken, for what they wait for may be there now. */
function moveRuns(world: World, stays: ContactRow, goes: ContactRow): void {
  const theirs = world.enrollments.filter(
    ({ contactId, status, yieldedTo }) =>
      (contactId === stays.id || contactId === goes.id) && (status !== 'finished' || yieldedTo === undefined),
  );
  const runs = theirs.map(({ id, contactId, journeyKey, versionId, enteredAt, endedAt, yieldedTo }) => ({
    ...{ id, person: stays.id, record: contactId, journeyKey, enteredAt, endedAt },
    ...{ entryKey: yieldedTo === undefined ? '' : id, reentry: graphOf(world, versionId).reentry },
  }));
  for (const { goes: id, stays: older } of yieldingRuns(runs)) {
    const row = mustFind(world.enrollments, id);
    row.yieldedTo = older;
    // As in the database: a run that leaves for another reason already keeps it, and is woken all the same.
    row.leavingCause ??= { kind: 'merge', stays: older };
    row.leaving ??= 'merged';
    world.dispatches.push({ enrollmentId: id, kind: 'wake', visit: null, outcome: 'leave' });
  }
  for (const row of world.enrollments) {
    if (row.contactId !== goes.id) continue;
    row.contactId = stays.id;
    if (row.status !== 'finished' && row.leaving === null)
      world.dispatches.push({ enrollmentId: row.id, kind: 'wake', visit: null });
  }
}

function moveRows(world: World, { id: to }: ContactRow, { id: from }: ContactRow): void {
  keepFirstArms(world, to, from);
  const rows = [
    world.sends,
    world.subscriptions,
    world.holds,
    world.scores,
    world.tasks,
    world.exposures,
    world.events,
  ];
  for (const row of rows.flat()) if (row.contactId === from) row.contactId = to;
  for (const [key, owner] of world.identities) if (owner === from) world.identities.set(key, to);
}

/** One person is in one arm: that which was drawn first. */
function keepFirstArms(world: World, to: string, from: string): void {
  const isTheirs = ({ contactId }: { contactId: string }): boolean => contactId === to || contactId === from;
  world.exposures = world.exposures.filter((row) => {
    const others = world.exposures.filter(
      (one) => isTheirs(one) && one.journeyKey === row.journeyKey && one.stepId === row.stepId,
    );
    return !isTheirs(row) || others.every((one) => one === row || isBefore(row, one));
  });
}

function isBefore(a: { at: number; enrollmentId: string }, b: { at: number; enrollmentId: string }): boolean {
  return a.at < b.at || (a.at === b.at && a.enrollmentId < b.enrollmentId);
}

function mergeFields(stays: ContactRow, goes: ContactRow): JsonObject {
  const { profile, filled } = mergedProfile(profileOf(stays), profileOf(goes));
  for (const name of contactFields) if (name in filled) stays.fields[name] = profile.fields[name] ?? null;
  stays.fields['traits'] = profile.traits;
  if (goes.lastTurn > stays.lastTurn) stays.lastTurn = goes.lastTurn;
  goes.fields = { ...Object.fromEntries(Object.keys(goes.fields).map((name) => [name, null])), traits: {} };
  return filled;
}

function profileOf({ fields }: ContactRow): Profile {
  const known: Record<string, Json> = fields;
  return { fields: known, traits: traitsOf(known), origins: {}, companyId: null };
}

interface ToTell {
  stays: ContactRow;
  goes: ContactRow;
  by: Merge['by'];
  cause: string;
  filled: JsonObject;
  again: readonly string[];
}

function tell(world: World, it: ToTell): void {
  const { by, cause, filled, again } = it;
  const [contactId, from] = [it.stays.id, it.goes.id];
  const messageId = `contact.merged:${from}:${cause}`;
  insideEvent(world, { type: 'contact.merged', messageId, contactId, properties: { from, by } });
  const changed = Object.keys(filled);
  const updated = { type: 'contact.updated', messageId: `contact.updated:${contactId}:merged:${from}:${cause}` };
  if (changed.length > 0) insideEvent(world, { ...updated, contactId, properties: { changed, values: filled } });
  for (const scope of again) {
    const said = { type: 'email.unsubscribed', messageId: `email.unsubscribed:${from}:${cause}:${scope}` };
    const properties: JsonObject = scope === 'global' ? {} : { topic: scope.slice('topic:'.length) };
    insideEvent(world, { ...said, contactId, properties });
  }
}

/** A newer run, which came by a merge, has sent this step's message, or may have: PROTOCOL rule 29. */
export function wasSentByOthers({ world, asked, enrollment, visits }: Reading, channel: Channel): boolean {
  const newer = world.enrollments.filter((row) => isNewerRun(row, enrollment));
  const sent = world.sends.filter(
    (row) =>
      row.stepId === asked.stepId &&
      row.channel === channel &&
      ['sending', 'unknown', 'accepted', 'delivered'].includes(row.state) &&
      newer.some(({ id }) => id === row.enrollmentId),
  );
  const before = visits.filter(
    ({ visit, stepId, outcome }) => visit < asked.visit && stepId === asked.stepId && outcome !== 'retried',
  );
  return wasSentByNewer({ sentThere: sent.length, visitsBefore: before.length });
}

function isNewerRun(row: EnrollmentRow, { id, contactId, journeyKey, enteredAt }: EnrollmentRow): boolean {
  const isSame = row.contactId === contactId && row.journeyKey === journeyKey;
  return isSame && row.id !== id && row.enteredAt >= enteredAt;
}
