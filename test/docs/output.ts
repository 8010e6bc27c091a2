/** What differs from run to run, with the name that stands for it. */
const CHANGING: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/(Sun|Mon|Tue|Wed|Thu|Fri|Sat) \d{1,2} \w{3} \d{4} \d\d:\d\d UTC/g, '<instant>'],
  [/http:\/\/127\.0\.0\.1:\d+/g, '<url>'],
  [/(event|turn): '\d+'/g, "$1: '<number>'"],
];

function normalise(text: string): string {
  const bare = text.replace(/\s+$/gm, '');
  return CHANGING.reduce((known, [pattern, name]) => known.replace(pattern, name), bare).trim();
}

/**
 * Whether a command printed what its page shows. `…` stands for anything left out: within a line for a part of it,
 * alone on a line for any number of lines.
 */
export function shows(shown: string, printed: string): boolean {
  const lines = normalise(shown)
    .split('\n')
    .map((line) => (line.trim() === '…' ? null : line.split('…').map(escape).join('[^\\n]*')));
  const pattern = lines.map((line) => (line === null ? '(?:[^\\n]*\\n)*?' : `${line}\\n`)).join('');
  return new RegExp(`^${pattern}$`).test(`${normalise(printed)}\n`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
