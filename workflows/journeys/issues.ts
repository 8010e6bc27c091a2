import type { z } from 'zod';
import { type Complaint, listed, type Path } from './problem';
import { isMapping, said, saidOfKeys, saidOption } from './wording';

type Issue = z.core.$ZodIssue;

/** zod's issues in our words, about the part that was meant. */
export function complaintsOf(issues: readonly Issue[], data: unknown, prefix: Path = []): Complaint[] {
  const wrongKind = new Set(issues.filter(({ code }) => code === 'invalid_type').map(placeOf));
  return issues
    .filter((issue) => !(isAboutSize(issue) && wrongKind.has(placeOf(issue))))
    .flatMap((issue) => explain(issue, data, [...prefix, ...issue.path.map(asPart)]));
}

/** zod measures text where it expects a list: then its length means nothing. */
function isAboutSize({ code }: Issue): boolean {
  return code === 'too_small' || code === 'too_big';
}

function placeOf({ path }: Issue): string {
  return JSON.stringify(path.map(String));
}

function explain(issue: Issue, data: unknown, path: Path): Complaint[] {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const texts = saidOfKeys(issue.message);
      return issue.keys.map((key, index) => ({
        path: [...path, key],
        ...said(texts[index] ?? `unknown key \`${key}\``),
      }));
    }
    case 'invalid_union': {
      const option = saidOption(issue.message);
      const meant = option === null ? undefined : issue.errors[option];
      if (meant !== undefined) return complaintsOf(meant, data, path);
      const { message, hint } = said(issue.message);
      const gap = missing(data, path);
      return [gap === null ? about(path, { message, hint }) : { ...gap, hint }];
    }
    case 'invalid_key':
      return complaintsOf(issue.issues, data, path).map((complaint) => ({ ...complaint, path }));
    case 'invalid_type':
      return [missing(data, path) ?? about(path, { message: `must be ${expected(issue.expected)}` })];
    case 'invalid_value':
      return [missing(data, path) ?? about(path, { message: `must be ${oneOf(issue.values)}` })];
    case 'too_small':
      return [about(path, { message: tooSmall(issue.origin, Number(issue.minimum)) })];
    case 'too_big':
      return [about(path, { message: tooBig(issue.origin, Number(issue.maximum)) })];
    case 'custom':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
      return [about(path, said(issue.message))];
  }
}

function asPart(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part);
}

/** "must be …" needs to say what; whole sentences stand for themselves. */
function about(path: Path, { message, hint }: { message: string; hint?: string | undefined }): Complaint {
  const subject = /^(must|is|needs|cannot|does) /.test(message) ? `${nameOf(path)} ` : '';
  return { path, message: `${subject}${message}`, ...(hint !== undefined && { hint }) };
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the document';
  if (typeof last === 'string') return `\`${last}\``;
  return `entry ${last + 1} of ${nameOf(path.slice(0, -1))}`;
}

function missing(data: unknown, path: Path): Complaint | null {
  const found = path.reduce<unknown>(childOf, data);
  if (found === undefined) return { path, message: `${nameOf(path)} is missing` };
  return found === null && path.length > 0 ? { path, message: `${nameOf(path)} is empty` } : null;
}

function childOf(value: unknown, part: string | number): unknown {
  if (Array.isArray(value)) return value[Number(part)];
  return isMapping(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

function expected(type: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return words[type] ?? type;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map(String);
  return words.length === 1 ? `\`${words[0]}\`` : `one of ${listed(words)}`;
}

function tooSmall(origin: string, minimum: number): string {
  if (origin === 'string') return 'is empty';
  return origin === 'array' ? `needs at least ${minimum}` : `must be at least ${minimum}`;
}

function tooBig(origin: string, maximum: number): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  return origin === 'array' ? `must have at most ${maximum}` : `must be at most ${maximum}`;
}
