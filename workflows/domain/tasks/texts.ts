const LONGEST_TITLE = 300;
const LONGEST_NOTE = 10_000;

/** A title is one line, and never empty. */
export function taskTitle(rendered: string): string {
  return cut(rendered.replace(/\s+/g, ' ').trim(), LONGEST_TITLE) || '(no title)';
}

/** A note says what an event's properties made it say: that may be very much. */
export function taskNote(rendered: string): string {
  return cut(rendered.trim(), LONGEST_NOTE);
}

/** At most so many characters, no half ones. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
