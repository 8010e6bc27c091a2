import { Prisma } from '../../generated/client';
import type {
  ConsentTest,
  HowMany,
  MailsTest,
  ScoreTest,
  TierTest,
} from '../../../workflows/domain/conditions/condition';
import { mailsAsked } from '../../../workflows/domain/conditions/keys';
import { noScore } from '../../../workflows/domain/scoring/now';
import { personKeySql } from '../addresses';
import { isProcessed } from '../processed';
import type { Compiling } from './context';

const { sql } = Prisma;

/** Has not opted out of the topic, or of everything; never null. */
export function consentSql({ consent }: ConsentTest): Prisma.Sql {
  const said = sql`o.channel = 'email' and o.scope = any(${['global', `topic:${consent}`]}::text[])`;
  // Two, for each may be one hash join over everybody; a key that is either is looked up one by one.
  return sql`(not exists (select from suppression o where o.address_hash = address_hash(c.email) and ${said})
    and not exists (select from suppression o where o.address_hash = ${personKeySql(sql`c.id`)} and ${said}))`;
}

/** Where fewer mails were sent than the test is about, `none` and `all` do not hold. */
export function mailsSql(test: MailsTest): Prisma.Sql {
  const asked = mailsAsked(test);
  const parts = (['opened', 'clicked'] as const).flatMap((name) => {
    const how = test[name];
    return how === undefined ? [] : [howMany[how](Prisma.raw(`m.${name}`), asked)];
  });
  if (parts.length === 0) return sql`true`;
  return sql`(select ${Prisma.join(parts, ' and ')} from (${lastMailsSql(sql`c.id`, asked)}) m)`;
}

const howMany: Record<HowMany, (done: Prisma.Sql, asked: number) => Prisma.Sql> = {
  any: (done) => sql`coalesce(bool_or(${done}), false)`,
  all: (done, asked) => sql`(count(*) = ${asked}::int and bool_and(${done}))`,
  none: (done, asked) => sql`(count(*) = ${asked}::int and not bool_or(${done}))`,
};

/** The last mails that a contact was sent, the newest first, with what people did with them: `id`, `opened`, `clicked`. */
export function lastMailsSql(contactId: Prisma.Sql, count: number): Prisma.Sql {
  return sql`
    select s.id, s.claimed_at, coalesce(d.opened or d.clicked, false) as opened, coalesce(d.clicked, false) as clicked
    from (
      select s.id, s.contact_id, s.claimed_at from send s
      where s.contact_id = ${contactId} and s.channel = 'email' and s.class <> 'internal'
        and s.claimed_at is not null and s.state in ('accepted', 'delivered')
      order by s.claimed_at desc, s.id desc limit ${count}::int) s
    left join lateral (
      select bool_or(e.type = 'email.opened') as opened, bool_or(e.type = 'email.clicked') as clicked
      from event e
      where e.contact_id = s.contact_id and e.send_id = s.id and ${isProcessed}
        and e.received_at >= s.claimed_at - interval '1 day' and e.type in ('email.opened', 'email.clicked')
        and e.properties->'machine' is distinct from 'true'::jsonb) d on true
    order by s.claimed_at desc, s.id desc`;
}

/** Who was given nothing has no row. */
export function scoreSql(test: ScoreTest | TierTest, { joins, at }: Pick<Compiling, 'joins' | 'at'>): Prisma.Sql {
  joins.add('p', sql`score_state`);
  return 'tier' in test ? tierSql(test) : pointsTest(test, at);
}

function tierSql({ tier }: TierTest): Prisma.Sql {
  return sql`coalesce(p.tier, ${noScore.tier}) = any(${[tier].flatMap((one) => (typeof one === 'string' ? one : one.in))}::text[])`;
}

function pointsTest({ score, atLeast, below }: ScoreTest, at: number): Prisma.Sql {
  const points = sql`coalesce(${pointsSql(at)[score]}, 0)`;
  const bounds = [
    atLeast === undefined ? [] : [sql`${points} >= ${String(atLeast)}::float8`],
    below === undefined ? [] : [sql`${points} < ${String(below)}::float8`],
  ].flat();
  return bounds.length === 0 ? sql`true` : sql`(${Prisma.join(bounds, ' and ')})`;
}

/** Of the row `p` of score_state, null where there is none. Few models let points decay: the function is called for those. */
function pointsSql(at: number): Record<ScoreTest['score'], Prisma.Sql> {
  const now = sql`${new Date(at).toISOString()}::timestamptz`;
  const engagement = sql`(p.engagement + case when p.decaying = '[]' then 0 else nurture_decayed(p.decaying, p.as_of, ${now}) end)`;
  return {
    fit: sql`p.fit`,
    engagement,
    total: sql`(case when p.blocked then 0 else p.fit + ${engagement} end)`,
  };
}
