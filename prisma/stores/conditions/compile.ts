import { Prisma } from '../../generated/client';
import type { Condition, FieldTest, JourneyTest, Segments } from '../../../workflows/domain/conditions/condition';
import { segmentCondition } from '../../../workflows/domain/conditions/segments';
import { contactFields } from '../../../workflows/domain/contact-fields';
import { didSql } from './did';
import { consentSql, mailsSql, scoreSql } from './facts';
import { flagValue, jsonValue, passesSql, textValue, walk } from './value';
import type { ZonesOf } from './zones';

export interface CompileContext extends ZonesOf {
  segments: Segments;
  /** Whose own runs do not count, and whose messages `of` is about; null for a segment. */
  journeyKey: string | null;
  /** Epoch milliseconds: where `within` ends, and what decays has got to. */
  at: number;
  /** Whatever came later does not count; everything does without it. */
  upTo?: number;
  /** Whether it is asked of the whole table, or of some rows of it. */
  scope: 'everybody' | 'few';
}

const { sql } = Prisma;

/**
 * The condition as SQL about the contact `c`: true exactly where `evaluate` says that it holds, otherwise false or null.
 * Groups of the settings must be spelled out.
 */
export function compileCondition(condition: Condition, context: CompileContext): Prisma.Sql {
  return compile(condition, context, []);
}

function compile(condition: Condition, context: CompileContext, within: readonly string[]): Prisma.Sql {
  const inner = (part: Condition) => compile(part, context, within);
  if ('all' in condition) return joined(condition.all.map(inner), ' and ', sql`true`);
  if ('any' in condition) return joined(condition.any.map(inner), ' or ', sql`false`);
  if ('not' in condition) return not(condition.not, inner(condition.not));
  if ('segment' in condition) {
    const { segment } = condition;
    const saved = within.includes(segment) ? undefined : segmentCondition(segment, context.segments);
    return saved === undefined ? sql`false` : compile(saved, context, [...within, segment]);
  }
  return compileTest(condition, context);
}

type Test = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown } | { segment: unknown }>;

function compileTest(test: Test, context: CompileContext): Prisma.Sql {
  if ('did' in test) return didSql(test, context);
  if ('journey' in test) return journeySql(test, context.journeyKey);
  if ('score' in test || 'tier' in test) return scoreSql(test, context.at);
  if ('mails' in test) return mailsSql(test);
  if ('consent' in test) return consentSql(test);
  if ('handoff' in test) return sql`false`;
  // There is no event at hand.
  return 'field' in test ? fieldSql(test) : passesSql(test, jsonValue(sql`null::jsonb`));
}

/** What is never null can be a join against whoever it does not hold for. */
function not(condition: Condition, compiled: Prisma.Sql): Prisma.Sql {
  return 'did' in condition || 'journey' in condition || 'consent' in condition
    ? sql`not ${compiled}`
    : sql`(${compiled}) is not true`;
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
