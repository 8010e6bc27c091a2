import { parse } from 'yaml';
import { journeyJsonSchema } from '../../../../workflows/journeys/json-schema';
import type { Case } from './case';

/** The same in all kinds: one case is enough. */
const common = ['id', 'if', 'kind', 'next'];

interface Properties {
  properties: Record<string, { const?: string }>;
}

/** `kind.key` for each key of each kind of step, as editors know them. */
export function stepKeys(): string[] {
  const { Step } = journeyJsonSchema().$defs as unknown as { Step: { oneOf: Properties[] } };
  return Step.oneOf.flatMap(({ properties }) => {
    const kind = properties['kind']?.const ?? '';
    return Object.keys(properties).map((key) => (common.includes(key) ? `any.${key}` : `${kind}.${key}`));
  });
}

/** `kind.key` for each key that one of the cases is about. */
export function refusedKeys(cases: readonly Case[]): Set<string> {
  return new Set(cases.flatMap(({ text, expected }) => expected.flatMap((line) => keyOf(text, line))));
}

function keyOf(text: string | object, line: string): string[] {
  const path = /^\d+ (\/\S+):/.exec(line)?.[1]?.split('/').slice(1) ?? [];
  const [list, index, key] = path;
  if (list !== 'steps' || key === undefined) return [];
  const document: unknown = typeof text === 'string' ? parse(text) : text;
  const { steps } = document as { steps: { kind?: string }[] };
  const kind = steps[Number(index)]?.kind ?? '';
  return [common.includes(key) ? `any.${key}` : `${kind}.${key}`];
}
