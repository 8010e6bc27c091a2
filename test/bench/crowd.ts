import type { Client } from 'pg';

export interface Crowd {
  people: number;
  /** On average; some did nothing, others much. */
  eventsEach: number;
}

/**
 * Contacts and a year of what they did, written by the server itself: half of it lies in the last 120 days, six of ten
 * events are page views. Indexes are made afterwards, as they would be after years of small writes, only sooner.
 */
export async function fillCrowd(client: Client, { people, eventsEach }: Crowd): Promise<void> {
  await client.query(
    "set statement_timeout = 0; set max_parallel_maintenance_workers = 2; set maintenance_work_mem = '512MB'",
  );
  await withoutIndexes(client, ['contact', 'event', 'score_state'], async () => {
    await client.query(contacts, [people]);
    await client.query(events, [people, people * eventsEach]);
    await client.query(scores, [people]);
  });
  await client.query('vacuum (analyze, parallel 2) contact; ');
  await client.query('vacuum (analyze, parallel 2) event');
  await client.query('analyze score_state');
}

const idOf = (n: string) => `('01900000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

const contacts = `
  insert into contact (id, email, first_name, last_name, job_title, company, industry, company_size, country, timezone,
    lifecycle_stage, seniority, target_account, traits, created_at)
  select ${idOf('n')}, 'person-' || n || '@example.test', 'Ann', 'Person ' || n,
    (array['Head of Marketing', 'VP of Sales', 'Student', 'Engineer', 'CEO'])[1 + n % 5], 'Company ' || n % 50000,
    (array['software', 'banking', 'retail', 'health', 'education', null])[1 + n % 6], '51-200',
    (array['DE', 'US', 'FR', 'GB', 'ES', 'IN', 'JP', 'BR', null, 'NL'])[1 + n % 10],
    case when n % 10 = 1 then (array['America/New_York', 'America/Chicago', 'America/Los_Angeles'])[1 + n % 3] end,
    (array['lead', 'lead', 'lead', 'customer', 'opportunity'])[1 + n % 5],
    (array['head', 'vp', 'student', 'staff', 'c-level'])[1 + n % 5], n % 50 = 0,
    jsonb_build_object('plan', (array['free', 'pro', 'team'])[1 + n % 3], 'seats', n % 200), now() - interval '400 days'
  from generate_series(1, $1::int) n`;

const events = `
  insert into event (origin, message_id, type, keys, bucket, properties, occurred_at, received_at, processed, turn, contact_id)
  select 'http', 'm' || n, x.type, '{}', n % 64,
    case x.type when 'page.viewed'
      then jsonb_build_object('url', 'https://www.example.com' || x.path, 'path', x.path, 'title', 'A page', 'referrer', '')
      when 'form.submitted' then jsonb_build_object('form', 'guide-' || n % 7) else '{}' end,
    x.at, x.at, true, n, ${idOf('x.who')}
  from generate_series(1, $2::int) n cross join lateral (
    select now() - interval '365 days' * ((1 - n::float8 / $2::int) ^ 1.6) as at,
      least(1 + floor(((hashint8(n)::float8 + 2147483648) / 4294967296) ^ 1.5 * $1::int), $1::int)::int as who,
      (array['page.viewed', 'page.viewed', 'page.viewed', 'email.opened', 'page.viewed', 'email.clicked', 'page.viewed',
        'form.submitted', 'page.viewed', case when n % 100 = 9 then 'trial.started' else 'email.opened' end])[1 + n % 10] as type,
      (array['/', '/blog/one', '/blog/two', '/pricing', '/docs', '/about'])[1 + n / 10 % 6] as path) x`;

const scores = `
  insert into score_state (contact_id, state, fit, engagement, decaying, tier, as_of)
  select ${idOf('n')}, '{}', n % 30, n % 90, case when n % 4 = 0 then '[[20, 2592000000]]'::jsonb else '[]' end,
    case when n % 30 + n % 90 > 70 then 'high' when n % 30 + n % 90 > 25 then 'medium' else 'low' end, now() - interval '3 days'
  from generate_series(1, $1::int) n where n % 5 <> 0`;

async function withoutIndexes(client: Client, tables: string[], work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string; def: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as def
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = any($1::regclass[]) and not i.indisprimary`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  await work();
  for (const { def } of rows) await client.query(def);
}
