import type { JsonObject } from '../../../workflows/domain/json';
import type { Origins } from '../../../workflows/domain/people/origins';
import type { DbOrTx, Tx } from '../../client';

export interface ProfileRow {
  id: string;
  erased: boolean;
  createdAt: Date;
  fields: Record<string, string | boolean | null>;
  traits: JsonObject;
  origins: Origins;
  companyId: string | null;
}

/**
 * Locks those contacts that nobody else is working on, by id; the others' events wait for the next round. A statement
 * of its own: whatever is decided from is read after it.
 */
export async function lockFreeContacts(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from contact where id = any(${ids}::uuid[]) order by id for no key update skip locked`;
  return new Set(rows.map(({ id }) => id));
}

/**
 * Locks who was joined with these locked contacts before, by id. Answers those of `ids` that lead on somebody whom
 * somebody else is working on.
 */
export async function lockFreeJoined(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const joined = await tx.$queryRaw<{ id: string; mergedInto: string }[]>`
    select id, merged_into as "mergedInto" from contact where merged_into = any(${ids}::uuid[])`;
  if (joined.length === 0) return new Set();
  const locked = await lockFreeContacts(
    tx,
    joined.map(({ id }) => id),
  );
  return new Set(joined.filter(({ id }) => !locked.has(id)).map(({ mergedInto }) => mergedInto));
}

/** Locks these contacts, by id, and waits for whoever has them. */
export async function lockContacts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`select id from contact where id = any(${ids}::uuid[]) order by id for no key update`;
}

/** The same; answers those of them who are still somebody: neither erased nor joined with others meanwhile. */
export async function lockLivingContacts(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from contact where id = any(${ids}::uuid[]) and merged_into is null and erased_at is null
    order by id for no key update`;
  return rows.map(({ id }) => id);
}

export function readProfiles(tx: DbOrTx, ids: readonly string[]): Promise<ProfileRow[]> {
  return tx.$queryRaw<ProfileRow[]>`
    select id, erased_at is not null as erased, created_at as "createdAt", traits, origins, company_id as "companyId",
      json_build_object(
      'email', email, 'firstName', first_name, 'lastName', last_name, 'jobTitle', job_title, 'company', company,
      'industry', industry, 'companySize', company_size, 'country', country, 'language', language,
      'timezone', timezone, 'phone', phone, 'seniority', seniority,
      'department', department, 'lifecycleStage', lifecycle_stage, 'owner', owner,
      'firstSource', first_source, 'firstMedium', first_medium, 'firstCampaign', first_campaign,
      'lastSource', last_source, 'lastMedium', last_medium, 'lastCampaign', last_campaign,
      'targetAccount', target_account, 'primaryChallenge', primary_challenge,
      'purchaseTimeline', purchase_timeline, 'budget', budget, 'authority', authority) as fields
    from contact where id = any(${ids}::uuid[])`;
}

export async function writeProfiles(tx: Tx, profiles: readonly Omit<ProfileRow, 'createdAt'>[]): Promise<void> {
  if (profiles.length === 0) return;
  const rows = JSON.stringify(profiles.map(({ id, fields, ...own }) => ({ id, own, ...fields })));
  await tx.$executeRaw`
    update contact c set
      email = x.email, first_name = x."firstName", last_name = x."lastName", job_title = x."jobTitle",
      company = x.company, industry = x.industry, company_size = x."companySize", country = x.country,
      language = x.language, timezone = x.timezone, phone = x.phone, seniority = x.seniority,
      department = x.department, lifecycle_stage = x."lifecycleStage",
      owner = x.owner, first_source = x."firstSource", first_medium = x."firstMedium",
      first_campaign = x."firstCampaign", last_source = x."lastSource", last_medium = x."lastMedium",
      last_campaign = x."lastCampaign", target_account = x."targetAccount",
      primary_challenge = x."primaryChallenge", purchase_timeline = x."purchaseTimeline", budget = x.budget,
      authority = x.authority, traits = x.own->'traits', origins = x.own->'origins',
      company_id = (x.own->>'companyId')::uuid, updated_at = now()
    from jsonb_to_recordset(${rows}::jsonb) as x(
      id uuid, email text, "firstName" text, "lastName" text, "jobTitle" text, company text, industry text,
      "companySize" text, country text, language text, timezone text, phone text, seniority text, department text, "lifecycleStage" text, owner text,
      "firstSource" text, "firstMedium" text, "firstCampaign" text, "lastSource" text, "lastMedium" text,
      "lastCampaign" text, "targetAccount" boolean, "primaryChallenge" text, "purchaseTimeline" text, budget text,
      authority text, own jsonb)
    where c.id = x.id`;
}

/** Remembers the turn of the last event processed for each contact. */
export async function writeLastTurns(tx: Tx, turns: ReadonlyMap<string, bigint>): Promise<void> {
  await tx.$executeRaw`
    update contact c set last_turn = x.turn
    from unnest(${[...turns.keys()]}::uuid[], ${[...turns.values()]}::bigint[]) as x(id, turn)
    where c.id = x.id`;
}
