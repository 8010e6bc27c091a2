import { z } from 'zod';
import {
  isTarget,
  notesOn,
  targetOf,
  targets,
  type Mapping,
  type Target,
} from '../../workflows/domain/importing/columns';
import type { FilePlan } from '../../workflows/domain/importing/row';
import type { ConsentOfFile } from '../../workflows/domain/importing/word';
import { EVERYTHING } from '../../workflows/domain/consent/consent';
import { instantOf } from '../ingest/when';
import { Problem, type ProblemItem } from '../http/problems';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** JSON within a query. */
function jsonText<T extends z.ZodType>(schema: T) {
  const parsed = z.string().transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.issues.push({ code: 'custom', message: 'must be JSON', input: text });
      return z.NEVER;
    }
  });
  return parsed.pipe(schema);
}

const target = z.string().refine(isTarget, { error: `must be one of ${targets.join(', ')}, or traits.<name>` });

const consent = z.strictObject({
  state: z.enum(['given', 'withdrawn']).optional(),
  topic: z.string().max(64).optional(),
  text: z.string().min(1).max(5_000).optional(),
  source: z.string().min(1).max(200).optional(),
  at: z
    .string()
    .refine((text) => instantOf(text) !== null, 'must be a date and time in ISO 8601')
    .optional(),
});

/** How a file is to be read. */
export const importQuery = z.strictObject({
  dryRun: flag.default(false).meta({ description: 'Only say what it would come to' }),
  mapping: jsonText(z.record(z.string().max(500), target))
    .default({})
    .meta({ description: `JSON: column → ${targets.join(', ')} or \`traits.<name>\`. Others go by their names.` }),
  marketing: flag
    .default(true)
    .meta({ description: 'Each row needs a consent; `false`: nobody in it is to be written to because of it' }),
  journeys: flag.default(true).meta({ description: '`false`: nobody enters a journey by it' }),
  consent: jsonText(consent)
    .default({})
    .meta({ description: 'JSON: state, topic, text, source, at of rows that do not say' }),
  source: z.string().trim().min(1).max(200).optional().meta({ description: 'What the file is' }),
  delimiter: z
    .enum([',', ';', '|', ':', 'tab'])
    .transform((name) => (name === 'tab' ? '\t' : name))
    .optional()
    .meta({ description: 'Of a CSV file; by its header unless said' }),
});

export type ImportQuery = z.output<typeof importQuery>;

/**
 * What is wrong with a file before its rows are looked at.
 * @throws Problem validation-failed
 */
export function demandPlan(plan: FilePlan): void {
  const errors = [...topicFaults(plan), ...columnFaults(plan)];
  if (errors.length > 0) throw new Problem('validation-failed', undefined, { errors });
}

function topicFaults({ consent: { topic }, topics }: FilePlan): ProblemItem[] {
  if (topic === undefined || topic === EVERYTHING || topics.includes(topic)) return [];
  return [{ in: 'query', pointer: '#/consent/topic', detail: 'The settings have no such topic.' }];
}

/** Of a file with a header: columns that are there, each thing once, somebody to be found, and a consent. */
function columnFaults({ header, mapping, marketing, consent: common }: FilePlan): ProblemItem[] {
  if (header === null) return [];
  const strangers = Object.keys(mapping).filter((column) => !header.includes(column));
  const found = header.map((column) => targetOf(column, mapping)).filter((one) => one !== 'skip');
  const twice = found.filter((one, i) => found.indexOf(one) !== i);
  const item = (pointer: string, detail: string): ProblemItem => ({ in: 'query', pointer, detail });
  return [
    ...strangers.map((column) => item('#/mapping', `The file has no column ${quoted(column)}.`)),
    ...twice.map((one) => item('#/mapping', `Two columns are \`${one}\`: say which one is to be \`skip\`.`)),
    ...(found.includes('email') || found.includes('externalId')
      ? []
      : [
          item(
            '#/mapping',
            ['No column is `email` or `externalId`: nobody could be found.', ...notesOn(header, mapping)].join(' '),
          ),
        ]),
    ...(marketing && !saysOptOuts(found, common) ? consentFaults(found, common) : []),
  ];
}

/** Then each row says for itself whether it needs a consent. */
function saysOptOuts(found: readonly Target[], { state }: ConsentOfFile): boolean {
  return state === 'withdrawn' || found.includes('unsubscribed') || found.includes('consent.state');
}

function consentFaults(found: readonly Target[], common: ConsentOfFile): ProblemItem[] {
  const has = (part: keyof ConsentOfFile): boolean =>
    found.some((one) => one === `consent.${part}`) || common[part] !== undefined;
  const evidence = has('text') || has('source');
  const missing = [
    ...(has('topic') ? [] : ['`consent.topic`']),
    ...(evidence ? [] : ['`consent.text` or `consent.source`']),
    ...(has('at') ? [] : ['`consent.at`']),
  ];
  if (missing.length === 0) return [];
  const detail = `Who is to be written to needs a consent: no column is ${missing.join(', none ')}. Map them, give \`consent\` for all rows, or say \`marketing=false\`.`;
  return [{ in: 'query', pointer: '#/consent', detail }];
}

/** The mapping in full, as it will be used. */
export function mappingOf(header: readonly string[], mapping: Mapping): Mapping {
  return Object.fromEntries(header.map((column) => [column, targetOf(column, mapping)]));
}

function quoted(column: string): string {
  return JSON.stringify(column.slice(0, 100));
}
