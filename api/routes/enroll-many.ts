import { z } from 'zod';
import { createListJob, lastSeq, resolvePeople } from '../../prisma/stores/enroll-many';
import { findJourney } from '../../prisma/stores/journeys';
import { countPeople, findingOf } from '../../prisma/stores/segment-people';
import { checkWhere } from '../../prisma/stores/segments';
import type { EnrollManyInput } from '../../workflows/contract/enroll-many';
import type { Condition } from '../../workflows/domain/conditions/condition';
import type { JsonObject } from '../../workflows/domain/json';
import type { HandlerDeps } from '../deps';
import { lookingAtEverybody } from '../http/gate';
import { jsonObject } from '../http/json';
import { notFound, Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { acceptJob, jobAccepted, jobReply } from './jobs';
import { invalidWhere } from './segments';

/** More does not fit into a body; a list of another size is several calls. */
const LIST = 10_000;
/** Below the time-outs of clients and proxies. */
const COUNT_MS = 10_000;

const id = z.string().min(1).max(512);
const common = {
  entryKey: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Tells runs apart that may be open side by side' }),
  properties: jsonObject.default({}).meta({ description: 'What the enrollments are entered with' }),
  perMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Not more than so many; as fast as it goes without' }),
  dryRun: z.boolean().default(false),
};
const body = z.union([
  z.strictObject({ segment: z.string().max(64), ...common }),
  z.strictObject({ where: jsonObject, ...common }),
  z.strictObject({ contactIds: z.array(z.uuid()).min(1).max(LIST), ...common }),
  z.strictObject({ externalIds: z.array(id).min(1).max(LIST), ...common }),
  z.strictObject({ emails: z.array(id).min(1).max(LIST), ...common }),
]);

const matched = z
  .object({
    matched: z.int(),
    complete: z.boolean().meta({ description: 'Everybody was looked at; else it is at least that many' }),
    unknown: z.array(z.int()).meta({ description: 'Places in the list, from 0, of those who are nobody' }),
  })
  .meta({ id: 'EnrollManyPreview' });

const enrollMany = defineRoute({
  method: 'post',
  path: '/v1/journeys/:key/enrollments/bulk',
  summary: 'Ask a journey to take many people',
  description: [
    "Everybody of a segment, whom a condition holds for, or of a list. Each is asked for once, and the journey's own rules of re-entry and `unless` hold; refusals are counted in the job's result, and recorded as decisions.",
    '`dryRun` answers how many it would be about; `entries/preview` says who of them would enter.',
  ].join('\n\n'),
  tag: 'Journeys',
  scope: 'operate',
  params: z.object({ key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/) }),
  body,
  answers: { 200: { description: 'With `dryRun`', schema: matched }, ...jobAccepted },
  problems: ['not-allowed-now', 'segment-invalid', 'rate-limited'],
  handler: async ({ params: { key }, body: asked, caller }, deps) => {
    await demandOpen(deps, key);
    const { entryKey = null, properties: entry, perMinute = null, dryRun } = asked;
    const { db, now } = deps;
    const at = now().getTime();
    const common = { journey: key, at, entry, entryKey, perMinute, afterSeq: await lastSeq(db) };
    const list = listOf(asked);
    if (list) {
      const people = await resolvePeople(db, list);
      if (dryRun) return ok({ matched: people.contactIds.length, complete: true, unknown: people.unknown });
      const input: EnrollManyInput = { ...common, by: 'list', who: null };
      return jobReply(deps, await createListJob(db, { input, requestedBy: caller.keyId }, people));
    }
    const who = await demandCondition(deps, asked);
    const found = await lookingAtEverybody.pass(async () =>
      countPeople(db, await findingOf(db, who, { at: now() }), COUNT_MS),
    );
    if (dryRun) return ok({ matched: found.count, complete: found.complete, unknown: [] });
    const input: EnrollManyInput = { ...common, by: 'segment', who };
    const progress = { ...(found.complete && { total: found.count }), done: 0 };
    return acceptJob(deps, caller, { kind: 'enroll-many', input: { ...input, who: who as JsonObject }, progress });
  },
});

type Asked = z.infer<typeof body>;

function listOf(asked: Asked) {
  if ('contactIds' in asked) return { kind: 'contact', values: asked.contactIds } as const;
  if ('externalIds' in asked) return { kind: 'user', values: asked.externalIds } as const;
  return 'emails' in asked ? ({ kind: 'email', values: asked.emails } as const) : null;
}

async function demandCondition({ db }: HandlerDeps, asked: Asked): Promise<Condition> {
  const isWhere = 'where' in asked;
  const checked = await checkWhere(db, isWhere ? asked.where : { segment: 'segment' in asked ? asked.segment : '' });
  if (!checked.ok) throw invalidWhere(checked.problems);
  return checked.condition;
}

async function demandOpen({ db }: HandlerDeps, key: string): Promise<void> {
  const journey = await findJourney(db, key);
  if (!journey) throw notFound('journey');
  if (journey.status !== 'published') throw new Problem('not-allowed-now', `This journey is ${journey.status}.`);
}

export const enrollManyRoutes: readonly Route[] = [enrollMany];
