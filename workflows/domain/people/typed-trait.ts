import type { Json } from '../json';

export const traitTypes = ['text', 'number', 'flag', 'date', 'list'] as const;
export type TraitType = (typeof traitTypes)[number];

/** A custom trait of which it is said what it holds. */
export interface DeclaredTrait {
  key: string;
  name: string;
  type: TraitType;
  label?: string | undefined;
}

const yes = ['true', 'yes', 'y', '1', 'on', 'ja', 'oui', 'sí', 'si'];
const no = ['false', 'no', 'n', '0', 'off', 'nein', 'non'];

/** The value as its type says; undefined for what cannot be read as one. Null stays null. */
export function asDeclared(type: TraitType, value: Json): Json | undefined {
  return value === null ? null : readers[type](value);
}

const readers: { [T in TraitType]: (value: Json) => Json | undefined } = {
  text: (value) => (typeof value === 'object' ? undefined : String(value).trim()),
  number: numberOf,
  flag: flagOf,
  date: dateOf,
  list: (value) => {
    if (Array.isArray(value)) return value;
    if (typeof value === 'string')
      return value
        .split(/[;,]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    return typeof value === 'object' ? undefined : [value];
  },
};

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const plain = value.trim().replace(/[\s\u00a0'’]/g, '');
  // "1,234.5" and "1.234,5": of two kinds of marks the last one divides off the fraction, and one before three digits
  // alone may be either: it is read as English writes it.
  if (/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain)) return Number(plain.replaceAll(',', ''));
  if (/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/.test(plain)) return Number(plain.replaceAll('.', '').replace(',', '.'));
  if (/^[+-]?\d+,\d+$/.test(plain)) return Number(plain.replace(',', '.'));
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?$/i.test(plain) ? Number(plain) : undefined;
}

function flagOf(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const plain = String(value).trim().toLowerCase();
  return yes.includes(plain) ? true : no.includes(plain) ? false : undefined;
}

/** A day as `2026-03-01`, an instant as ISO 8601 in UTC. Figures alone are seconds or milliseconds since 1970. */
function dateOf(value: Json): string | undefined {
  if (typeof value === 'number') return instant(Math.abs(value) < 1e11 ? value * 1000 : value);
  if (typeof value !== 'string') return undefined;
  const plain = value.trim();
  const [, german] = /^(\d{1,2}\.\d{1,2}\.\d{4})$/.exec(plain) ?? [];
  if (german !== undefined)
    return day(
      german
        .split('.')
        .reverse()
        .map((part) => part.padStart(2, '0'))
        .join('-'),
    );
  if (/^\d{4}-\d{2}-\d{2}$/.test(plain)) return day(plain);
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(plain)) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain}Z`;
  return instant(Date.parse(zoned.replace(' ', 'T')));
}

function day(text: string): string | undefined {
  const whole = instant(Date.parse(`${text}T00:00:00Z`));
  return whole?.startsWith(text) ? text : undefined;
}

function instant(ms: number): string | undefined {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : undefined;
}
