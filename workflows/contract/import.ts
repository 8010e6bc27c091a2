import type { Mapping } from '../domain/importing/columns';
import type { ConsentOfFile } from '../domain/importing/word';

/** Input of a job of kind `import`: its rows stand in `import_row`. */
export interface ImportInput {
  /** Columns of a CSV file; null where each row names its own. */
  header: string[] | null;
  /** Of a CSV file. Missing in jobs of before: a comma. */
  delimiter?: string;
  /** Columns that were said to be something; the others go by their names. */
  mapping: Mapping;
  marketing: boolean;
  consent: ConsentOfFile;
  topics: string[];
  /** What the file is. */
  source: string | null;
  /** False: nobody enters a journey by it. Missing in jobs of before: true. */
  journeys?: boolean;
  dryRun: boolean;
  /** When it was handed in, epoch milliseconds. */
  at: number;
}
