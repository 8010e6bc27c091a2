import { z } from 'zod';
import type { Db } from '../../prisma/client';
import { getContact } from '../../prisma/stores/contacts';
import {
  readContributions,
  readMarks,
  readRuleSums,
  type Contribution,
  type ContributionPlace,
} from '../../prisma/stores/scores/contributions';
import { readModelNow } from '../../prisma/stores/scores/model';
import { readStateAt } from '../../prisma/stores/scores/moment';
import { explainScore } from '../../workflows/domain/scoring/explaining/explain';
import { addLines } from '../../workflows/domain/scoring/explaining/sums';
import { moment } from '../../workflows/domain/scoring/explaining/words';
import { scoreAt } from '../../workflows/domain/scoring/score-at';
import { pageQuery, readPage, toPage } from '../http/paging';
import { notFound } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

/** Crossings that are shown. */
const MOST_MARKS = 50;

const points = z.number();
const instant = z.iso.datetime();
const axis = z.enum(['fit', 'engagement']);
const tier = z.enum(['none', 'low', 'medium', 'high']);

const contribution = z.object({
  rule: z.string().meta({ description: 'What gave the points: a rule of the model, or the reason of a step' }),
  kind: z.string().meta({
    description: 'rule, fit, silence or reset of the model; step or hand; failed where a rule could not be asked',
  }),
  axis,
  points,
  lost: points.meta({ description: 'Points that a cap kept away' }),
  at: instant,
  event: z.string().nullable().meta({ description: 'Id of the event in the timeline' }),
  journey: z.string().nullable(),
  modelVersion: z.int().nullable(),
});

const crossing = z.object({
  kind: z.enum(['tier', 'threshold', 'ready', 'blocked']),
  from: z.string(),
  to: z.string(),
  total: points,
  fit: points,
  engagement: points,
  at: instant,
  words: z.string(),
});

const words = z.array(z.string());

const scoreView = z
  .object({
    at: instant,
    model: z.int().nullable().meta({ description: 'Number of the published version; null without one' }),
    total: points,
    fit: points,
    engagement: points,
    tier,
    grade: z.string().meta({ description: 'Fit as a letter and engagement as a number, such as A1' }),
    ready: z.boolean().meta({ description: 'For sales' }),
    missing: words.meta({ description: 'What readiness lacks' }),
    blocked: z.boolean().meta({ description: 'Opted out: the total reads 0' }),
    summary: z.string(),
    rules: z.array(
      z.object({ rule: z.string(), axis, points, times: z.int(), words: z.string() }).meta({
        description: 'What each rule gave altogether; of engagement since the last reset',
      }),
    ),
    caps: words.meta({ description: 'Caps that kept points away' }),
    decay: words.meta({ description: 'What decaying points are worth' }),
    contributions: z.array(contribution),
    next: z.string().nullable().meta({ description: '`cursor` of the next contributions' }),
    history: z.array(crossing).meta({ description: `The newest ${MOST_MARKS} crossings` }),
  })
  .meta({ id: 'Score' });

const score = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id/score',
  summary: 'The score of a contact at any moment, and what gave the points',
  description:
    '`at` is now unless told otherwise; moments before the model was published are counted as it counts, and the history says what was noted then. `total` is fit and engagement together. Contributions are the newest first, a page at a time.',
  tag: 'Contacts',
  scope: 'read',
  params: z.object({ id: z.uuid() }),
  query: z.strictObject({ ...pageQuery, at: z.iso.datetime({ offset: true }).optional() }),
  answers: { 200: scoreView },
  handler: async ({ params, query }, { db, now }) => {
    const { limit, after } = readPage(query, placeKey);
    const found = await getContact(db, params.id);
    if (!found) throw notFound('contact');
    const until = query.at === undefined ? now() : new Date(query.at);
    const asked = { until, after: after === null ? null : placeOf(after), limit: limit + 1 };
    const page = toPage(await readContributions(db, found.id, asked), limit, keyOf);
    return ok({
      ...(await explained(db, found.id, until)),
      contributions: page.data.map(viewContribution),
      next: page.next,
    });
  },
});

async function explained(db: Db, contactId: string, until: Date) {
  const { model, number, createdAt } = await readModelNow(db);
  const at = until.getTime();
  const { state, ...byTime } = await readStateAt(db, { contactId, at });
  const noted = (await readMarks(db, contactId, { until, limit: MOST_MARKS })).map((mark) => {
    return { ...mark, at: mark.at.getTime() };
  });
  const crossings = [...byTime.marks.reverse(), ...noted].slice(0, MOST_MARKS);
  const sums = addLines(await readRuleSums(db, contactId, until), byTime.entries);
  const { summary, rules, caps, decay, history, ready } = explainScore({ model, state, sums, marks: crossings, at });
  const { total, fit, engagement, ...standing } = scoreAt(model, state, at);
  return {
    ...{ at: until.toISOString(), model: number },
    ...{ ...standing, ...rounded({ total, fit, engagement }), missing: ready.missing },
    summary: summary + laterModel({ number, createdAt, until }),
    ...{ rules: rules.map((rule) => ({ ...rule, points: round(rule.points) })), caps, decay },
    history: crossings.map((mark, i) => ({
      ...mark,
      ...rounded(mark),
      ...{ at: new Date(mark.at).toISOString(), words: history[i] ?? '' },
    })),
  };
}

function viewContribution({ rule, kind, axis, points, lost, at, eventSeq, journeyKey, modelVersion }: Contribution) {
  return {
    ...{ rule, kind, axis, points: round(points), lost: round(lost), at: at.toISOString() },
    event: eventSeq === null ? null : String(eventSeq),
    ...{ journey: journeyKey, modelVersion },
  };
}

/** Of a moment before the model was published: another one counted then, and said something else. */
function laterModel({ number, createdAt, until }: { number: number | null; createdAt: Date | null; until: Date }) {
  if (number === null || number === 1 || createdAt === null || until >= createdAt) return '';
  return ` As version ${number} of the model counts, which was published later, on ${moment(createdAt.getTime())}.`;
}

/** What decays has no end of digits. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Rounded down: what is just below a line must not read as though it were on it. */
function rounded({ total, fit, engagement }: { total: number; fit: number; engagement: number }) {
  const down = (value: number) => Math.floor(value * 100 + 1e-6) / 100;
  return { total: down(total), fit: down(fit), engagement: down(engagement) };
}

/** Epoch milliseconds, as far as dates go, and an id. */
const placeKey = /^-?\d{1,15}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function keyOf({ at, id }: Contribution): string {
  return `${at.getTime()}/${id}`;
}

function placeOf(key: string): ContributionPlace {
  const [at = '', id = ''] = key.split('/');
  return { at: new Date(Number(at)), id };
}

export const contactScoreRoutes: readonly Route[] = [score];
