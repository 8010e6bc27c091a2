import { soundFolder } from '../folder/sound-folder';
import { type Output } from '../output';
import { Refusal } from '../refusal';
import type { Server } from '../server/client';
import { compare, type Change } from '../server/compare';
import { planOf, type Plan } from '../server/plans';
import { changesText, planText } from './plan-text';

export interface PlanOptions {
  server: Server;
  /** Old step → new step, or null for those who end. */
  map: Record<string, string | null>;
  json: boolean;
}

/** Shows what `apply` would change, and what that would mean for the people inside. Changes nothing. */
export async function plan(folder: string, { server, map, json }: PlanOptions, out: Output): Promise<number> {
  const changes = await compare(await soundFolder(folder), server);
  const plans: { key: string; plan: Plan | null; why: string | null }[] = [];
  for (const change of changes.filter(concernsPeople)) plans.push(await planFor(change, server, map));
  if (json) {
    const files = changes.map(({ kind, key, file, state }) => ({ kind, key, file, state }));
    out.print(JSON.stringify({ changes: files, plans }, null, 2));
    return 0;
  }
  const texts = plans.map(({ key, plan: found, why }) => (found ? planText(key, found) : `${key}: ${why ?? ''}`));
  out.print([changesText(changes), ...texts].join('\n\n'));
  return 0;
}

/** Only a journey that was published can have people inside. */
export function concernsPeople({ kind, state, published }: Change): boolean {
  return kind === 'journey' && state === 'changed' && published;
}

/** The server refuses what refers to something that it does not have yet; that is for `apply` to bring first. */
async function planFor({ key, here }: Change, server: Server, map: PlanOptions['map']) {
  try {
    return { key, plan: await planOf(server, key, { document: here, steps: map }), why: null };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'server') throw error;
    return { key, plan: null, why: `its plan comes when what it needs is there.\n${error.message}` };
  }
}
