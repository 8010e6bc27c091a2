import type { Condition } from '../domain/conditions/condition';
import type { JsonObject } from '../domain/json';

/** What a job of the kind `enroll-many` is told. Whom it is about is found page by page. */
export interface EnrollManyInput {
  journey: string;
  by: 'list' | 'segment' | 'schedule';
  /** Whom the condition holds for; null: the contacts that were given with the job. */
  who: Condition | null;
  /** When the condition is held against everybody, epoch milliseconds. */
  at: number;
  /** Properties that the enrollments are entered with. */
  entry: JsonObject;
  entryKey: string | null;
  /** Not more than so many a minute; null: as fast as they are taken in. */
  perMinute: number | null;
  /** Every event of the job comes after this one, by `seq`. */
  afterSeq: string;
}
