/** How many people work there. The last one has no upper end. */
export const sizeBands = [
  { band: '1-10', from: 1, to: 10 },
  { band: '11-50', from: 11, to: 50 },
  { band: '51-200', from: 51, to: 200 },
  { band: '201-500', from: 201, to: 500 },
  { band: '501-1000', from: 501, to: 1000 },
  { band: '1001-5000', from: 1001, to: 5000 },
  { band: '5001-10000', from: 5001, to: 10_000 },
  { band: '10001+', from: 10_001, to: Infinity },
] as const;
export type SizeBand = (typeof sizeBands)[number]['band'];

/** A figure with separators of thousands, or thousands said by a k. */
const FIGURE = String.raw`\d{1,3}(?:[., '’\u00a0]\d{3})+|\d+(?:[.,]\d+)?\s*k|\d+`;
const alone = /^(self[- ]?employed|freelancer?|solo|sole trader|freiberufler|selbstst?ändig|indépendant|autónomo)$/i;

/**
 * The band of a number of employees ("50", "1,200 employees"), a range ("51–200", "11 to 50") or one open end ("50+",
 * "< 10"). A range across bands counts by its middle. Null for everything else.
 */
export function sizeBandOf(text: string): SizeBand | null {
  const plain = text
    .trim()
    .replace(/[ \u00a0]?(employees|people|mitarbeiter(?:innen)?|employés|salariés|empleados)\.?$/i, '');
  if (alone.test(plain)) return '1-10';
  return bandOf(rangeOf(plain.trim()));
}

function rangeOf(text: string): [from: number, to: number] | null {
  const range = new RegExp(`^(${FIGURE})\\s*(?:-|–|—|to|bis|à|a|hasta)\\s*(${FIGURE})$`, 'iu').exec(text);
  if (range) return [figure(range[1] ?? ''), figure(range[2] ?? '')];
  const more = new RegExp(
    `^(?:(?:>|over|more than|mehr als|über|plus de|más de)\\s*(${FIGURE})|(${FIGURE})\\s*\\+)$`,
    'iu',
  ).exec(text);
  if (more) return moreThan(figure(more[1] ?? more[2] ?? ''));
  const less = new RegExp(
    `^(?:<|under|up to|less than|unter|bis(?: zu)?|moins de|menos de|hasta)\\s*(${FIGURE})$`,
    'iu',
  ).exec(text);
  if (less) return [1, figure(less[1] ?? '')];
  const one = new RegExp(`^(${FIGURE})$`, 'iu').exec(text);
  return one ? [figure(text), figure(text)] : null;
}

/** "50+" is the band above fifty, "100+" the one that a hundred is in. */
function moreThan(from: number): [number, number] {
  return [from + 1, from + 1];
}

function bandOf(range: [from: number, to: number] | null): SizeBand | null {
  if (!range || range[0] > range[1] || range[1] < 1) return null;
  const middle = Math.max(1, Math.round((range[0] + range[1]) / 2));
  return sizeBands.find(({ to }) => middle <= to)?.band ?? null;
}

function figure(text: string): number {
  const [, thousands] = /^(\d+(?:[.,]\d+)?)\s*k$/i.exec(text) ?? [];
  if (thousands !== undefined) return Math.round(Number(thousands.replace(',', '.')) * 1000);
  return Number(text.replace(/\D/g, ''));
}
