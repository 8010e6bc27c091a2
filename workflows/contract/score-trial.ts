import type { ScoreModel } from '../domain/scoring/model';

/** What a job of the kind `score-trial` is told. */
export interface ScoreTrialInput {
  /** The model that holds, by its version; null where none was ever published. */
  versionId: string | null;
  draft: ScoreModel;
  /** The instant up to which is counted, epoch milliseconds. */
  at: number;
}
