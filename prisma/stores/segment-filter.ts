import { Prisma } from '../generated/client';
import type {
  Condition,
  DidTest,
  FieldTest,
  JourneyTest,
  Scalar,
  Segments,
} from '../../workflows/domain/conditions/condition';
import { segmentCondition } from '../../workflows/domain/conditions/segments';
import { textFields } from '../../workflows/domain/contact-fields';
import { expandEvent } from '../../workflows/domain/events';
import { periodMs } from '../../workflows/domain/timing/duration';

export interface FilterContext {
  segments: Segments;
  /** Epoch milliseconds. */
  at: number;
}

/**
 * What must be true in SQL of every contact (`c`) whom a condition holds for, so that the others need not be read; null
 * where nothing simple can be said. It may be true of more: who is found is judged by the condition itself.
 */
export function mayBe(condition: Condition, context: FilterContext, within: readonly string[] = []): Prisma.Sql | null {
  const inner = (part: Condition) => mayBe(part, context, within);
  if ('all' in condition) {
    const parts = condition.all.flatMap((part) => inner(part) ?? []);
    return parts.length === 0 ? null : joined(parts, ' and ');
  }
  if ('any' in condition) {
    const parts = condition.any.map(inner);
    const said = parts.flatMap((part) => part ?? []);
    return said.length === 0 || said.length < parts.length ? null : joined(said, ' or ');
  }
  if ('segment' in condition) {
    const { segment } = condition;
    const saved = within.includes(segment) ? undefined : segmentCondition(segment, context.segments);
    return saved ? mayBe(saved, context, [...within, segment]) : null;
  }
  if ('field' in condition) return ofField(condition);
  if ('did' in condition) return ofDid(condition, context);
  return 'journey' in condition ? ofJourney(condition) : null;
}

function joined(parts: Prisma.Sql[], separator: string): Prisma.Sql {
  return Prisma.sql`(${Prisma.join(parts, separator)})`;
}

/** Equality with plain words; what else there is to compare has rules of its own. */
function ofField(test: FieldTest): Prisma.Sql | null {
  const column = columnOf(test.field);
  if (column === null) return null;
  const wanted = test.is === undefined ? (test.in ?? []) : [test.is];
  const words = wanted.flatMap((value) => plainWord(value) ?? []);
  if (words.length > 0 && words.length === wanted.length) {
    // Where a stored value is no ASCII, PostgreSQL may lower it in another way.
    return Prisma.sql`(lower(${column}) = any(${words}::text[]) or octet_length(${column}) <> char_length(${column}))`;
  }
  return test.exists === true ? Prisma.sql`${column} is not null` : null;
}

function columnOf(field: string): Prisma.Sql | null {
  if (field === 'targetAccount') return Prisma.sql`c.target_account::text`;
  const name = textFields.find((one) => one === field);
  if (name !== undefined || field === 'email') {
    return Prisma.raw(`c.${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
  }
  const trait = /^traits\.([^.]+)$/.exec(field)?.[1];
  return trait === undefined ? null : Prisma.sql`(c.traits->>${trait}::text)`;
}

/** Numbers equal texts that are written in other ways. */
function plainWord(value: Scalar): string | null {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' && /^[ -~]*[a-z][ -~]*$/i.test(value) && Number.isNaN(Number(value))
    ? value.toLowerCase()
    : null;
}

/** Days and weeks are those of a zone, which may be this much longer. */
const MARGIN_MS = 2 * 86_400_000;

function ofDid(test: DidTest, { at }: FilterContext): Prisma.Sql {
  const since = test.within === undefined ? null : new Date(at - periodMs(test.within) - MARGIN_MS);
  return Prisma.sql`exists (select from event e where e.contact_id = c.id and e.processed
    and e.type = any(${expandEvent(test)}::text[]) ${since === null ? Prisma.empty : Prisma.sql`and e.received_at >= ${since}`})`;
}

/** Who is to leave counts as finished. */
function ofJourney({ journey, status }: JourneyTest): Prisma.Sql {
  return Prisma.sql`exists (select from enrollment e where e.contact_id = c.id
    ${journey === 'any' ? Prisma.empty : Prisma.sql`and e.journey_key = ${journey}`}
    ${status === 'active' ? Prisma.sql`and e.status <> 'finished'` : Prisma.empty})`;
}
