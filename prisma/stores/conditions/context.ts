import type { Segments } from '../../../workflows/domain/conditions/condition';
import type { Joins } from './joins';
import type { ZonesOf } from './zones';

export interface CompileContext extends ZonesOf {
  segments: Segments;
  /** Whose own runs do not count, and whose messages `of` is about; null for a segment. */
  journeyKey: string | null;
  /** Epoch milliseconds: where `within` ends, and what decays has got to. */
  at: number;
  /** Whatever came later does not count; everything does without it. */
  upTo?: number;
  /** Whether it is asked of the whole table, or of some rows of it. */
  scope: 'everybody' | 'few';
}

/** What is said on the way. */
export interface Compiling extends CompileContext {
  joins: Joins;
  /** Whether it must hold, or must not: then PostgreSQL can turn a subquery into a join itself. */
  decides: boolean;
  /** Segments that the part stands in. */
  within: readonly string[];
}
