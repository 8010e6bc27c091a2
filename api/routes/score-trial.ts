import { z } from 'zod';
import { countContacts } from '../../prisma/stores/contact-pages';
import { compileModelNow, findScoreModel } from '../../prisma/stores/score-model';
import type { ScoreTrialInput } from '../../workflows/contract/score-trial';
import { plainJson } from '../../workflows/domain/json';
import { notFound } from '../http/problems';
import { defineRoute, type Route } from '../http/route';
import { acceptJob, jobAccepted } from './jobs';
import { invalidModel, modelBody } from './score-model';

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
    document: modelBody.optional().meta({ description: 'Without it, the stored draft' }),
  }),
  bodyOptional: true,
  answers: jobAccepted,
  problems: ['score-model-invalid', 'not-found'],
  handler: async ({ body, caller }, deps) => {
    const { db, now } = deps;
    const stored = await findScoreModel(db);
    const source = body.document ?? stored?.draft;
    if (source === undefined) throw notFound('score model');
    const compiled = await compileModelNow(db, source);
    if (!compiled.ok) throw invalidModel(compiled.problems);
    const at = now().getTime();
    const input: ScoreTrialInput = { versionId: stored?.publishedId ?? null, draft: compiled.model, at };
    const progress = { total: await countContacts(db), done: 0 };
    return acceptJob(deps, caller, { kind: 'score-trial', input: plainJson(input), progress });
  },
});

export const scoreTrialRoutes: readonly Route[] = [simulate];
