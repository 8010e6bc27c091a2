import type { Industry } from '../domain/people/industries';
import type { ScoreModel } from '../domain/scoring/model';
import { complaintsOf } from '../journeys/issues';
import type { Lookups } from '../journeys/lookups';
import type { Complaint, Problem } from '../journeys/problem';
import { located, mostProblems, readSource } from '../journeys/source';
import { checkEvents } from './checks/events';
import { checkFit } from './checks/fit';
import { checkIds } from './checks/ids';
import { checkLimits } from './checks/limits';
import { compileModel } from './compile';
import { scoreModelDocument, type ScoreModelDocument } from './document';

/** What a model may refer to: events, and industries that the settings add. */
export interface ModelLookups extends Pick<Lookups, 'eventGroups' | 'eventNames'> {
  industries?: readonly Industry[];
}

export type CompiledScoreModel =
  { ok: true; document: ScoreModelDocument; model: ScoreModel } | { ok: false; problems: Problem[] };

/** Reads, checks and compiles a score model: YAML 1.2 or JSON text, or data. Never throws for what an author wrote. */
export function compileScoreModel(source: string | object, lookups: ModelLookups = {}): CompiledScoreModel {
  const read = readSource(source);
  if (!read.ok) return read;
  const { data } = read.source;
  const refuse = (complaints: Complaint[]): CompiledScoreModel => ({
    ok: false,
    problems: complaints
      .map((complaint) => located(complaint, read.source))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
      .slice(0, mostProblems),
  });
  const parsed = scoreModelDocument.safeParse(data);
  if (!parsed.success) return refuse(complaintsOf(parsed.error.issues, data));
  const document = parsed.data;
  const complaints = [
    ...checkIds(document),
    ...checkFit(document, lookups.industries ?? []),
    ...checkEvents(document, lookups),
    ...checkLimits(document),
  ];
  if (complaints.length > 0) return refuse(complaints);
  return { ok: true, document, model: compileModel(document, lookups.eventGroups ?? {}) };
}
