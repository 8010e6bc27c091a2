/** What a spreadsheet takes for the beginning of a formula. */
const START = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
/** Numbers and phone numbers begin like formulas, and are none. */
const NUMBER = /^[+-]?[\d(][\d\s().,/-]*$/;
const MARKED = new RegExp(`^'${START.source.slice(1)}`);

/** A cell as a spreadsheet shows it: what would be reckoned there is marked as text. */
export function asText(cell: string): string {
  return START.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** A cell without the mark of `asText`, which spreadsheets' own exports have as well. */
export function withoutMark(cell: string): string {
  return MARKED.test(cell) ? cell.slice(1) : cell;
}
