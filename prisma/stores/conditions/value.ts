import { Prisma } from '../../generated/client';
import type { Scalar, ValueTest } from '../../../workflows/domain/conditions/condition';
import { fold, instantOf } from '../../../workflows/domain/conditions/values';

/** A value in SQL as `passes` sees it: each part is null (not true) where the value is nothing of that kind. */
interface ValueSql {
  exists: Prisma.Sql;
  /** Folded text of a text, number or boolean. */
  text: Prisma.Sql;
  number: Prisma.Sql;
  /** Text with a date in it. */
  date: Prisma.Sql;
  /** One of its elements equals this; or a part of the text is it. */
  contains: (expected: Scalar) => Prisma.Sql;
}

const { sql } = Prisma;

/** A column of text. */
export function textValue(column: Prisma.Sql): ValueSql {
  const text = sql`nurture_fold(${column})`;
  return {
    exists: sql`${column} is not null`,
    text,
    number: sql`nurture_number(${column})`,
    date: column,
    contains: (expected) => sql`strpos(${text}, ${fold(String(expected))}::text) > 0`,
  };
}

/** A column of true and false. */
export function flagValue(column: Prisma.Sql): ValueSql {
  return {
    exists: sql`${column} is not null`,
    text: sql`${column}::text`,
    number: sql`null::float8`,
    date: sql`null::text`,
    contains: () => sql`false`,
  };
}

/** What stands in a document; null where nothing does. */
export function jsonValue(value: Prisma.Sql): ValueSql {
  const inText = (expected: Scalar) =>
    sql`strpos(nurture_fold(${value} #>> '{}'), ${fold(String(expected))}::text) > 0`;
  return {
    exists: sql`${value} <> 'null'::jsonb`,
    text: sql`nurture_json_text(${value})`,
    number: sql`nurture_json_number(${value})`,
    date: sql`case when jsonb_typeof(${value}) = 'string' then ${value} #>> '{}' end`,
    contains: (expected) => sql`case jsonb_typeof(${value})
      when 'array' then exists (
        select from jsonb_array_elements(${value}) x(element) where ${equals(jsonValue(sql`x.element`), [expected])})
      when 'string' then ${inText(expected)} end`,
  };
}

/** The value at a path of a document, as `valueAt` finds it. */
export function jsonAt(document: Prisma.Sql, path: string): Prisma.Sql {
  const walked = walk(document, path.split('.'));
  if (!path.includes('.')) return walked;
  return sql`(case when jsonb_exists(${document}, ${path}::text) then ${document} -> ${path}::text else ${walked} end)`;
}

/** Numbers may be places in a list; other keys never are, though PostgreSQL would count back from its end by `-1`. */
export function walk(document: Prisma.Sql, keys: readonly string[]): Prisma.Sql {
  return keys.reduce(
    (value, key) => (/^\d+$/.test(key) ? sql`(${value} #> array[${key}::text])` : sql`(${value} -> ${key}::text)`),
    document,
  );
}

/** True where the value passes; else false or null. */
export function passesSql(test: ValueTest, value: ValueSql): Prisma.Sql {
  const { exists, is, contains, startsWith } = test;
  const parts = [
    exists === undefined ? [] : exists ? sql`${value.exists}` : sql`(${value.exists}) is not true`,
    is === undefined ? [] : equals(value, [is]),
    test.in === undefined ? [] : equals(value, test.in),
    contains === undefined ? [] : value.contains(contains),
    startsWith === undefined ? [] : sql`starts_with(${value.text}, ${fold(startsWith)}::text)`,
    ...(['gt', 'gte', 'lt', 'lte'] as const).map((name) => {
      const bound = test[name];
      return bound === undefined ? [] : compares(value, bound, Prisma.raw(signs[name]));
    }),
  ].flat();
  return parts.length === 0 ? sql`true` : sql`(${Prisma.join(parts, ' and ')})`;
}

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function equals(value: ValueSql, expected: readonly Scalar[]): Prisma.Sql {
  const numbers = expected.filter((one) => typeof one === 'number').map(String);
  const texts = expected.filter((one) => typeof one !== 'number').map((one) => fold(String(one)));
  const parts = [
    texts.length === 0 ? [] : sql`${value.text} = any(${texts}::text[])`,
    numbers.length === 0 ? [] : sql`${value.number} = any(${numbers}::float8[])`,
  ].flat();
  return parts.length === 0 ? sql`false` : sql`(${Prisma.join(parts, ' or ')})`;
}

function compares(value: ValueSql, bound: number | string, sign: Prisma.Sql): Prisma.Sql {
  if (typeof bound === 'number') return sql`${value.number} ${sign} ${String(bound)}::float8`;
  const instant = instantOf(bound);
  return instant === null ? sql`false` : sql`nurture_instant(${value.date}) ${sign} ${String(instant)}::bigint`;
}
