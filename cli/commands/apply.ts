import pc from 'picocolors';
import type { Ask } from '../ask';
import type { CheckedFolder } from '../folder/check-folder';
import { SCORE_MODEL } from '../folder/read-folder';
import { soundFolder } from '../folder/sound-folder';
import type { Output } from '../output';
import { exitCodes, Refusal } from '../refusal';
import type { Server } from '../server/client';
import { compare, nameOf, type Change } from '../server/compare';
import { followJob } from '../server/jobs';
import { isPublishedAsIs, planOf } from '../server/plans';
import {
  publishJourney,
  publishScoreModel,
  publishTemplate,
  storeJourney,
  storeScoreModel,
  type People,
  type Published,
} from '../server/publish';
import { changesText, planText } from './plan-text';

export interface ApplyOptions {
  server: Server;
  /** What becomes of the people inside; asked for each journey without it. */
  people: People | null;
  map: Record<string, string | null>;
  /** Asks nothing: the people inside stay unless `people` says otherwise. */
  yes: boolean;
  json: boolean;
  ask: Ask;
}

interface Applied {
  key: string;
  kind: Change['kind'];
  what: string;
}

/**
 * Brings a folder to the server: templates first, then all drafts, so that journeys may lead to each other, then each
 * journey is published by the plan that was shown. Safe to be run again: what is there already stays as it is.
 */
export async function apply(path: string, options: ApplyOptions, out: Output): Promise<number> {
  const { server, json } = options;
  const folder = await soundFolder(path);
  const changes = await compare(folder, server);
  if (!json) out.print(changesText(changes));
  const applied: Applied[] = [];
  try {
    if (!(await agreed(changes, options))) throw new Refusal('findings', 'Nothing was done.');
    const stored = await bring(folder, changes, { server, applied });
    const etagOf = (it: Pick<Change, 'kind' | 'key'>) => stored.get(nameOf(it)) ?? null;
    if (folder.scoreModel) applied.push(publishedAs(await publishScoreModel(server, etagOf(scoreModel)), scoreModel));
    for (const { graph } of folder.journeys) {
      const etag = etagOf({ kind: 'journey', key: graph.journey });
      applied.push(await publish({ key: graph.journey, etag }, options, out));
    }
  } catch (error) {
    if (!(error instanceof Refusal) || applied.length === 0) throw error;
    throw new Refusal(
      error.kind,
      `${error.message}\n\nDone before that:\n${textOf(applied)}`,
      'Run it again: what is done stays done.',
    );
  }
  out.print(json ? JSON.stringify({ applied }, null, 2) : textOf(applied));
  return applied.some(({ what }) => what.startsWith('failed')) ? exitCodes.server : 0;
}

async function agreed(changes: readonly Change[], { yes, ask }: ApplyOptions): Promise<boolean> {
  if (yes || changes.every(({ state }) => state === 'same')) return true;
  return (await ask('Bring these to the server?', ['no', 'yes'])) === 'yes';
}

/** Answers the ETags of the drafts that are now there, by the names of what they are drafts of. */
async function bring(
  { templates }: CheckedFolder,
  changes: readonly Change[],
  { server, applied }: { server: Server; applied: Applied[] },
): Promise<Map<string, string | null>> {
  const etags = new Map(changes.map((change) => [nameOf(change), change.etag]));
  for (const change of changes.filter(isOutdated)) {
    const { kind, key } = change;
    const found = templates.find(({ template }) => template.key === key);
    if (kind === 'template' && found) await publishTemplate(server, found.template, change.etag);
    if (kind === 'journey') etags.set(nameOf(change), await storeJourney(server, change));
    if (kind === 'score-model') etags.set(nameOf(change), await storeScoreModel(server, change));
    applied.push({ kind, key, what: kind === 'template' ? 'published' : 'draft stored' });
  }
  return etags;
}

/** Also a template that was stored, and never published. */
function isOutdated({ kind, state, published }: Change): boolean {
  return state !== 'same' || (kind === 'template' && !published);
}

async function publish(
  { key, etag }: { key: string; etag: string | null },
  options: ApplyOptions,
  out: Output,
): Promise<Applied> {
  const { server, map } = options;
  const journey = { kind: 'journey', key } as const;
  if (await isPublishedAsIs(server, key)) return publishedAs(await publishJourney(server, key, { etag }), journey);
  const plan = await planOf(server, key, { steps: map });
  if (plan.totals.people === 0) return publishedAs(await publishJourney(server, key, { etag }), journey);
  if (!options.json) out.print(`\n${planText(key, plan)}`);
  const people = options.people ?? (options.yes ? 'stay' : await askPeople(options.ask));
  const by = people === 'stay' ? null : { plan: plan.id, people, steps: map };
  const made = await publishJourney(server, key, { etag, by });
  if (made.jobId === null) return publishedAs(made, journey);
  out.tell(`${key}: people ${people}`);
  const job = await followJob(server, made.jobId, out);
  if (job.state === 'done') return publishedAs(made, journey);
  return {
    ...journey,
    what: `failed: version ${made.version} is published, its people are not all moved (job ${job.id} ${job.state})`,
  };
}

async function askPeople(ask: Ask): Promise<People> {
  const answer = await ask('What becomes of the people inside?', ['stay', 'move', 'end']);
  return answer === 'move' || answer === 'end' ? answer : 'stay';
}

const scoreModel = { kind: 'score-model', key: SCORE_MODEL } as const;

function publishedAs({ version, created, jobId }: Published, it: Omit<Applied, 'what'>): Applied {
  const anew = it.kind === 'score-model' && jobId !== null ? `, scores are counted anew (job ${jobId})` : '';
  return { ...it, what: created ? `version ${version} published${anew}` : `version ${version} already` };
}

function textOf(applied: readonly Applied[]): string {
  return applied.map((one) => `${pc.green('✓')} ${nameOf(one)}: ${one.what}`).join('\n');
}
