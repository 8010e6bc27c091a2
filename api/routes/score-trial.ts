import { z } from 'zod';
import { compileModelNow, findScoreModel } from '../../prisma/stores/score-model';
import type { ScoreTrialInput } from '../../workflows/contract/score-trial';
import type { JsonObject } from '../../workflows/domain/json';
import { jsonObject } from '../http/json';
import { notFound } from '../http/problems';
import { defineRoute, type Route } from '../http/route';
import { acceptJob, jobAccepted } from './jobs';
import { invalidModel } from './score-model';

const description = [
  'Counts all stored events by the draft, or by the `document` given here, beside the model that holds; nothing is changed.',
  "The job's result has the distribution of totals and tiers on both sides, who would move, how many would have become ready for sales in each week, and how well both agree with what sales accepted and rejected. Fields count as they are today.",
].join('\n\n');

const simulate = defineRoute({
  method: 'post',
  path: '/v1/score-model/simulate',
  summary: 'Try a score model on everything that happened',
  description,
  tag: 'Scores',
  scope: 'author',
  body: z.strictObject({
    document: z.union([z.string(), jsonObject]).optional().meta({ description: 'The stored draft, without it' }),
  }),
  answers: jobAccepted,
  problems: ['score-model-invalid'],
  handler: async ({ body, caller }, deps) => {
    const { db, now } = deps;
    const stored = await findScoreModel(db);
    const source = body.document ?? stored?.draft;
    if (source === undefined) throw notFound('score model');
    const compiled = await compileModelNow(db, source);
    if (!compiled.ok) throw invalidModel(compiled.problems);
    const at = now().getTime();
    const input: ScoreTrialInput = { versionId: stored?.publishedId ?? null, draft: compiled.model, at };
    // A model is plain JSON, without keys that are undefined once it has been text.
    const plain = JSON.parse(JSON.stringify(input)) as JsonObject;
    const total = await db.contact.count({ where: { mergedInto: null, erasedAt: null } });
    return acceptJob(deps, caller, { kind: 'score-trial', input: plain, progress: { total, done: 0 } });
  },
});

export const scoreTrialRoutes: readonly Route[] = [simulate];
