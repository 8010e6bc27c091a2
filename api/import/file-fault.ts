/** What makes a file unreadable as a whole, and where. */
export class FileFault extends Error {
  override name = 'FileFault';

  constructor(
    /** Of the file, from 1; null where it is about no line. */
    readonly line: number | null,
    readonly detail: string,
    readonly hint?: string,
  ) {
    super(detail);
  }
}
