import { Prisma, type Contact } from '../../generated/client';
import { contactFields } from '../../../workflows/domain/contact-fields';
import { mergedProfile, type MergedProfile, type Profile } from '../../../workflows/domain/merging/profile';
import type { JsonObject } from '../../../workflows/domain/json';
import type { Origins } from '../../../workflows/domain/people/origins';
import type { Tx } from '../../client';
import type { JoinRow } from './joining';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const columns = contactFields.map(snake);
const copied = Prisma.raw(
  [...columns, 'traits', 'origins', 'company_id', 'settled'].map((name) => `${name} = r.${name}`).join(', '),
);
const emptied = Prisma.raw(columns.map((name) => `${name} = null`).join(', '));

/** One profile of two, written to the record that stays; the other is emptied. In the order of the joins. */
export async function mergeProfiles(tx: Tx, joins: readonly JoinRow[]): Promise<MergedProfile[]> {
  const ids = joins.flatMap(({ from, into }) => [from, into]);
  const rows = new Map((await tx.contact.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]));
  const merged = joins.map(({ from, into }) => mergedProfile(profileOf(rows.get(into)), profileOf(rows.get(from))));
  await write(
    tx,
    joins.map(({ from, into }, i) => rowOf({ merged: merged[i], stays: rows.get(into), goes: rows.get(from) })),
  );
  await tx.$executeRaw`
    update contact set ${emptied}, traits = '{}', origins = '{}', company_id = null, updated_at = now()
    where id = any(${joins.map(({ from }) => from)}::uuid[])`;
  return merged;
}

function profileOf(row: Contact | undefined): Profile {
  if (!row) throw new Error('whoever is joined is there');
  return {
    fields: Object.fromEntries(contactFields.map((name) => [name, row[name]])),
    traits: row.traits as JsonObject, // written by us, an object
    origins: row.origins as Origins, // as above
    companyId: row.companyId,
  };
}

interface Merging {
  merged: MergedProfile | undefined;
  stays: Contact | undefined;
  goes: Contact | undefined;
}

function rowOf({ merged, stays, goes }: Merging): object {
  if (!merged || !stays || !goes) throw new Error('whoever is joined is there');
  const { fields, traits, origins, companyId } = merged.profile;
  const named = Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value]));
  const settled = stays.settled && goes.settled;
  return { ...named, id: stays.id, traits, origins, company_id: companyId, settled, last_turn: String(goes.lastTurn) };
}

async function write(tx: Tx, rows: readonly object[]): Promise<void> {
  await tx.$executeRaw`
    update contact c set ${copied}, last_turn = greatest(c.last_turn, r.last_turn), updated_at = now()
    from jsonb_populate_recordset(null::contact, ${JSON.stringify(rows)}::jsonb) r
    where c.id = r.id`;
}
