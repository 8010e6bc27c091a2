import { v7 } from 'uuid';
import type { HygieneKey } from '../../../workflows/domain/people/hygiene';
import { companyDomainOf } from '../../../workflows/domain/people/company-domain';
import type { PeopleRules } from '../../../workflows/domain/people/normalise';
import { settleAgain } from '../../../workflows/domain/people/settle';
import { changesOf, patchedTraits } from '../../../workflows/domain/updating/changes';
import { bucketOf } from '../../bucket';
import { inTransaction, type Db, type Tx } from '../../client';
import { createCompaniesByDomain, readCompanyKeys } from '../companies/keys';
import { rereadCompanies } from '../companies/reread';
import { lockContacts, readProfiles, writeProfiles, type ProfileRow } from '../pump/contacts';
import { insertInside, type InsideRow } from '../pump/events';

/** Answers whom it changed. */
type Mend = (db: Db, ids: readonly string[], rules: PeopleRules) => Promise<readonly string[]>;

/** What can be mended without asking anybody. Each may be done twice: what is mended is not found again. */
const mends: Partial<Record<HygieneKey, Mend>> = {
  'unknown-country': readAllAgain,
  unclear: readAllAgain,
  'unread-title': readAllAgain,
  'no-company': (db, ids) => atOnce(db, (tx) => findCompanies(tx, ids)),
};

/** Mends these contacts; answers how many were changed, or will be by the pump. Null where it is left to people. */
export async function mend(
  db: Db,
  key: HygieneKey,
  { ids, rules }: { ids: readonly string[]; rules: PeopleRules },
): Promise<number | null> {
  const run = mends[key];
  return run ? new Set(await run(db, ids, rules)).size : null;
}

function atOnce<T>(db: Db, write: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, write, { timeoutMs: 30_000 });
}

/** Of the contacts, and of the companies that they are filled from: those first, contacts' locks go before companies'. */
async function readAllAgain(db: Db, ids: readonly string[], rules: PeopleRules): Promise<string[]> {
  const following = await rereadCompanies(db, ids, rules);
  return [...following, ...(await atOnce(db, (tx) => readAgain(tx, ids, rules)))];
}

/** Everything that was said is read again under the contacts' locks: what is understood by now gets its declared form. */
async function readAgain(tx: Tx, ids: readonly string[], rules: PeopleRules): Promise<string[]> {
  await lockContacts(tx, ids);
  const read = (await readProfiles(tx, ids)).filter(({ erased }) => !erased).map((row) => again(row, rules));
  const changed = read.filter(({ isOther }) => isOther).map(({ profile }) => profile);
  await writeProfiles(tx, changed);
  await insertInside(
    tx,
    read
      .filter(({ values }) => Object.keys(values).length > 0)
      .map(({ profile, values }) => insideOf('contact.updated', profile.id, { changed: Object.keys(values), values })),
  );
  return changed.map(({ id }) => id);
}

/** A contact's values as they are read today, and those that differ by it. */
export function again(profile: ProfileRow, rules: PeopleRules) {
  const before = { ...profile.fields, traits: profile.traits };
  const { origins, ...patch } = settleAgain({ fields: before, origins: profile.origins }, rules);
  const values = changesOf(before, patch);
  const fields = { ...profile.fields, ...patch.fields };
  return {
    profile: { ...profile, fields, traits: patchedTraits(before, patch.traits), origins },
    values,
    isOther: Object.keys(values).length > 0 || JSON.stringify(origins) !== JSON.stringify(profile.origins),
  };
}

/** Makes the companies of their addresses; the pump fills the contacts when it is told. */
async function findCompanies(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const found = (await readProfiles(tx, ids)).flatMap(({ id, fields: { email } }) => {
    const domain = typeof email === 'string' ? companyDomainOf(email) : null;
    return domain === null ? [] : [{ id, domain }];
  });
  const domains = [...new Set(found.map(({ domain }) => domain))].sort();
  await createCompaniesByDomain(
    tx,
    domains.map((domain) => ({ domain, id: v7() })),
  );
  const owners = await readCompanyKeys(
    tx,
    domains.map((domain) => `domain:${domain}`),
  );
  const told = found.flatMap(({ id, domain }) => {
    const companyId = owners.get(`domain:${domain}`);
    return companyId === undefined ? [] : [{ id, companyId }];
  });
  await insertInside(
    tx,
    told.map(({ id, companyId }) => insideOf('company.updated', id, { companyId, changed: [] })),
  );
  return told.map(({ id }) => id);
}

function insideOf(type: string, contactId: string, properties: InsideRow['properties']): InsideRow {
  const bucket = bucketOf(`contact:${contactId}`);
  return { type, contactId, bucket, properties, hops: 1, messageId: `${type}:${contactId}:${v7()}` };
}
