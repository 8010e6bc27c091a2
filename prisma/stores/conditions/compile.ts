import { Prisma } from '../../generated/client';
import type { Condition, FieldTest, JourneyTest } from '../../../workflows/domain/conditions/condition';
import { segmentCondition } from '../../../workflows/domain/conditions/segments';
import { MOST_PARTS, sizeOf } from '../../../workflows/domain/conditions/size';
import { contactFields } from '../../../workflows/domain/contact-fields';
import type { CompileContext, Compiling } from './context';
import { didSql } from './did';
import { consentSql, mailsSql, scoreSql } from './facts';
import { Joins } from './joins';
import { flagValue, jsonValue, passesSql, textValue, walk } from './value';

/** `from contact c ${joins} where ${holds}`; nobody comes twice. */
export interface Compiled {
  joins: Prisma.Sql;
  /** True exactly where `evaluate` says that it holds, otherwise false or null. */
  holds: Prisma.Sql;
}

const { sql } = Prisma;

/** Segments may have grown since what names them was published. */
const MOST_COMPILED = 5 * MOST_PARTS;

/** The condition as SQL about the contact `c`. Groups of the settings must be spelled out. */
export function compileCondition(condition: Condition, context: CompileContext): Compiled {
  if (sizeOf(condition, context.segments) > MOST_COMPILED)
    throw new Error('a condition asks too much for one statement');
  const joins = new Joins();
  const holds = compile(condition, { ...context, joins, decides: true, within: [] });
  return { joins: joins.all(), holds };
}

function compile(condition: Condition, it: Compiling): Prisma.Sql {
  const among = (part: Condition) => compile(part, { ...it, decides: false });
  if ('all' in condition) {
    return joined(
      condition.all.map((part) => compile(part, it)),
      ' and ',
      sql`true`,
    );
  }
  if ('any' in condition) return joined(condition.any.map(among), ' or ', sql`false`);
  if ('not' in condition) {
    const { not } = condition;
    return isNeverNull(not) ? sql`not ${compile(not, it)}` : sql`(${among(not)}) is not true`;
  }
  if ('segment' in condition) {
    const { segment } = condition;
    const saved = it.within.includes(segment) ? undefined : segmentCondition(segment, it.segments);
    return saved === undefined ? sql`false` : compile(saved, { ...it, within: [...it.within, segment] });
  }
  return compileTest(condition, it);
}

type Test = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown } | { segment: unknown }>;

function compileTest(test: Test, it: Compiling): Prisma.Sql {
  if ('did' in test) return didSql(test, it);
  if ('journey' in test) return journeySql(test, it.journeyKey);
  if ('score' in test || 'tier' in test) return scoreSql(test, it);
  if ('mails' in test) return mailsSql(test);
  if ('consent' in test) return consentSql(test);
  if ('handoff' in test) return sql`false`;
  // There is no event at hand.
  return 'field' in test ? fieldSql(test) : passesSql(test, jsonValue(sql`null::jsonb`));
}

function isNeverNull(condition: Condition): boolean {
  return 'did' in condition || 'journey' in condition || 'consent' in condition;
}

function joined(parts: Prisma.Sql[], separator: string, none: Prisma.Sql): Prisma.Sql {
  return parts.length === 0 ? none : sql`(${Prisma.join(parts, separator)})`;
}

function fieldSql(test: FieldTest): Prisma.Sql {
  const { field } = test;
  if (field === 'traits') return passesSql(test, jsonValue(sql`c.traits`));
  if (field.startsWith('traits.')) {
    return passesSql(test, jsonValue(walk(sql`c.traits`, field.split('.').slice(1))));
  }
  const name = contactFields.find((one) => one === field);
  if (name === undefined) return passesSql(test, jsonValue(sql`null::jsonb`));
  const column = Prisma.raw(`c.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
  return passesSql(test, name === 'targetAccount' ? flagValue(column) : textValue(column));
}

/** Who is to leave counts as finished. */
function journeySql({ journey, status }: JourneyTest, own: string | null): Prisma.Sql {
  return sql`exists (select from enrollment n where n.contact_id = c.id
    ${journey === 'any' ? Prisma.empty : sql`and n.journey_key = ${journey}`}
    ${own === null ? Prisma.empty : sql`and n.journey_key <> ${own}`}
    and ${
      status === 'active'
        ? sql`n.status <> 'finished' and n.leaving is null`
        : sql`(n.status = 'finished' or n.leaving is not null)`
    })`;
}
