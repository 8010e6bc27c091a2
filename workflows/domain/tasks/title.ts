const LONGEST = 300;

/** A title is one line, and never empty. */
export function taskTitle(rendered: string): string {
  const line = [...rendered.replace(/\s+/g, ' ').trim()];
  if (line.length === 0) return '(no title)';
  return line.length <= LONGEST ? line.join('') : `${line.slice(0, LONGEST - 1).join('')}…`;
}
