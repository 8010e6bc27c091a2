import type { Tx } from '../../client';

/** An anonymous visitor (`from`) who turned out to be a known contact (`into`). */
export interface JoinRow {
  from: string;
  into: string;
}

/**
 * Moves everything of the anonymous contacts to the known ones, and leaves empty rows that lead there. Both sides
 * are locked, and whoever was joined with them before; no known contact appears twice. Where both are in the same run of a journey, the newer one leaves.
 */
export async function joinContacts(tx: Tx, joins: readonly JoinRow[]): Promise<void> {
  const from = joins.map((join) => join.from);
  const into = joins.map((join) => join.into);
  await yieldNewerRuns(tx, from, into);
  await moveEnrollments(tx, from, into);
  await keepFirstArms(tx, from, into);
  for (const table of [
    'contact_identity',
    'wait_subscription',
    'send',
    'in_app_message',
    'decision',
    'hold',
    'unsubscribe_link',
    'exposure',
    'score_entry',
    'task',
    'event',
  ]) {
    await tx.$executeRawUnsafe(
      `update ${table} t set contact_id = j.b from unnest($1::uuid[], $2::uuid[]) j(a, b) where t.contact_id = j.a`,
      from,
      into,
    );
  }
  await moveMemberships(tx, from, into);
  await renameUnprocessed(tx, from, into);
  await fillProfiles(tx, from, into);
  // Two statements: with `or` the planner reads all contacts.
  await tx.$executeRaw`
    update contact c set merged_into = j.b
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where c.merged_into = j.a`;
  await tx.$executeRaw`
    update contact c set merged_into = j.b
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where c.id = j.a`;
}

/** Its entry key gives way, so that the older one stays the only open run; its workflow is told to leave. */
async function yieldNewerRuns(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    with yielding as (
      update enrollment e
      set entry_key = e.entry_key || '/merged:' || e.id, leaving = coalesce(e.leaving, 'merged'),
          leaving_cause = coalesce(e.leaving_cause, jsonb_build_object('kind', 'merge', 'stays', x.stays))
      from (
        select case when a.entered_at > b.entered_at then a.id else b.id end as goes,
               case when a.entered_at > b.entered_at then b.id else a.id end as stays
        from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b)
        join enrollment a on a.contact_id = j.a and a.status <> 'finished'
        join enrollment b on b.contact_id = j.b and b.status <> 'finished'
          and b.journey_key = a.journey_key and b.entry_key = a.entry_key) x
      where e.id = x.goes
      returning e.id, e.journey_key)
    insert into dispatch (enrollment_id, workflow_id, kind, outcome)
    select id, journey_key || '/' || id, 'wake', 'leave' from yielding order by id`;
}

/** They take the next free numbers, and are woken: what they wait for, an address perhaps, may be there now. */
async function moveEnrollments(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    with moved as (
      update enrollment e set contact_id = x.b, n = x.n
      from (
        select a.id, j.b, row_number() over (partition by j.b, a.journey_key order by a.n)
          + coalesce((select max(b.n) from enrollment b where b.contact_id = j.b and b.journey_key = a.journey_key), 0) as n
        from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join enrollment a on a.contact_id = j.a) x
      where e.id = x.id
      returning e.id, e.journey_key, e.status, e.leaving)
    insert into dispatch (enrollment_id, workflow_id, kind)
    select id, journey_key || '/' || id, 'wake' from moved where status <> 'finished' and leaving is null order by id`;
}

/** One person is in one arm: that which was drawn first. */
async function keepFirstArms(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    with drawn as (
      select e.ctid, rank() over (partition by j.b, e.journey_key, e.step_id order by e.at, e.enrollment_id) as place
      from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join exposure e on e.contact_id = any(array[j.a, j.b]))
    delete from exposure where ctid in (select ctid from drawn where place > 1)`;
}

/** What held for the visitor held for the person: it has not turned when it holds of both together. */
async function moveMemberships(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    with gone as (
      delete from segment_member m using unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) where m.contact_id = j.a
      returning m.segment_key, j.b, m.since)
    insert into segment_member (segment_key, contact_id, since)
    select segment_key, b, min(since) from gone group by segment_key, b
    on conflict do nothing`;
}

/** So that "is an event of this person unprocessed" finds those that name the anonymous contact by id. */
async function renameUnprocessed(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    update event e set keys = e.keys || ('contact:' || j.b)
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b)
    where e.keys && array['contact:' || j.a] and not e.processed and e.error is null`;
}

/** Whatever is known of the visitor fills what is empty; nothing is overwritten. */
async function fillProfiles(tx: Tx, from: string[], into: string[]): Promise<void> {
  await tx.$executeRaw`
    update contact c set
      first_name = coalesce(c.first_name, a.first_name), last_name = coalesce(c.last_name, a.last_name),
      job_title = coalesce(c.job_title, a.job_title), company = coalesce(c.company, a.company),
      industry = coalesce(c.industry, a.industry), company_size = coalesce(c.company_size, a.company_size),
      country = coalesce(c.country, a.country), language = coalesce(c.language, a.language),
      timezone = coalesce(c.timezone, a.timezone), phone = coalesce(c.phone, a.phone),
      first_source = coalesce(c.first_source, a.first_source), first_medium = coalesce(c.first_medium, a.first_medium),
      first_campaign = coalesce(c.first_campaign, a.first_campaign),
      last_source = coalesce(c.last_source, a.last_source), last_medium = coalesce(c.last_medium, a.last_medium),
      last_campaign = coalesce(c.last_campaign, a.last_campaign),
      target_account = coalesce(c.target_account, a.target_account),
      primary_challenge = coalesce(c.primary_challenge, a.primary_challenge),
      purchase_timeline = coalesce(c.purchase_timeline, a.purchase_timeline), budget = coalesce(c.budget, a.budget),
      authority = coalesce(c.authority, a.authority), traits = a.traits || c.traits,
      last_turn = greatest(c.last_turn, a.last_turn), updated_at = now()
    from unnest(${from}::uuid[], ${into}::uuid[]) j(a, b) join contact a on a.id = j.a
    where c.id = j.b`;
}
