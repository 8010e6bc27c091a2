import type { Problem } from '../../workflows/journeys/problem';

/** Something that is wrong with a file. */
export interface Finding {
  file: string;
  /** From 1; null for the file as a whole. */
  line: number | null;
  /** JSON Pointer into the document. */
  path: string;
  message: string;
  hint?: string;
}

export function findingOf(file: string, { path, line, message, hint }: Problem): Finding {
  return { file, line, path, message, ...(hint !== undefined && { hint }) };
}
