import type { JsonObject } from '../../workflows/domain/json';
import { EVERYTHING } from '../../workflows/domain/consent/consent';
import { startingNobody } from '../../workflows/domain/entries/starts-nobody';
import type { OptOutOfRow } from '../../workflows/domain/importing/word';
import { inTransaction, type Db } from '../client';
import { insertEvents, type NewEvent } from './events';
import { eventIdOf } from './imports';
import { suppress, type SuppressionScope } from './suppressions';

/** A row by which somebody opts out. */
export interface RowOptOut {
  job: string;
  line: number;
  optOut: OptOutOfRow;
  /** Its file is to start no journey. */
  startsNobody: boolean;
}

/** Opts an address out before its row is taken in: nobody writes to whom it creates, however soon. */
export async function barAddress(
  db: Db,
  row: Pick<RowOptOut, 'job' | 'line' | 'optOut'>,
  address: string,
): Promise<void> {
  await inTransaction(db, (tx) => suppress(tx, { ...wordOf(row), of: { address } }));
}

/** Opts the person out whom a row turned out to be about, with all their addresses, and tells of it; once. */
export async function optOutPerson(db: Db, row: RowOptOut, contactId: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { contactIds } = await suppress(tx, { ...wordOf(row), of: null, contactId });
    await insertEvents(
      tx,
      contactIds.map((id) => eventOf(row, id)),
    );
  });
}

function wordOf({ job, line, optOut: { topic, at } }: Pick<RowOptOut, 'job' | 'line' | 'optOut'>) {
  const scope: SuppressionScope = topic === EVERYTHING ? 'global' : `topic:${topic}`;
  const source = { origin: 'import', import: job, line };
  return { channel: 'email', scope, reason: 'unsubscribed' as const, at: new Date(at), source };
}

function eventOf({ job, line, optOut: { topic, at }, startsNobody }: RowOptOut, contactId: string): NewEvent {
  const properties: JsonObject = topic === EVERYTHING ? {} : { topic };
  return {
    ...{ origin: 'import', messageId: `${eventIdOf(job, line)}:${contactId}`, type: 'email.unsubscribed' },
    ...{ keys: [`contact:${contactId}`], properties, traits: {}, context: startsNobody ? startingNobody : {} },
    ...{ fromBrowser: false, occurredAt: new Date(at) },
  };
}

/** Rows after the line `after`, up to `upTo`, by which somebody opts out, with whom they turned out to be about. */
export async function processedOptOuts(
  db: Db,
  job: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<(RowOptOut & { contactId: string })[]> {
  const rows = await db.$queryRaw<Omit<RowOptOut & { contactId: string }, 'job'>[]>`
    select r.line, e.contact_id as "contactId", e.context->'import'->'optOut' as "optOut",
           coalesce(e.context->'import'->'journeys' = 'false', false) as "startsNobody"
    from import_row r
    join event e on e.origin = 'import' and e.message_id = ${job} || ':' || r.line
    where r.job_id = ${job}::uuid and r.line > ${after}::int and r.line <= ${upTo}::int
      and e.processed and e.context->'import' ? 'optOut'
    order by r.line`;
  return rows.map((row) => ({ ...row, job }));
}
