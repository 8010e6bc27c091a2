import { z } from 'zod';
import type { Server } from './client';
import type { Change } from './compare';
import type { TemplateFile } from '../../workflows/journeys/template-file';

export type People = 'stay' | 'move' | 'end';

const published = z.object({
  version: z.object({ number: z.int() }),
  created: z.boolean(),
  job: z.object({ id: z.string() }).nullish(),
});

export interface Published {
  version: number;
  /** False where nothing was new. */
  created: boolean;
  /** Moving, ending or counting people goes on after the answer. */
  jobId: string | null;
}

/** Stores a draft over the one that was compared; the server refuses if that has changed since. */
export async function storeJourney(server: Server, { key, here, etag }: Change): Promise<void> {
  await server.call('PUT', `/v1/journeys/${key}`, {
    body: { document: here },
    ...(etag !== null && { ifMatch: etag }),
  });
}

/** Stores how points are given over the draft that was compared. */
export async function storeScoreModel(server: Server, { here, etag }: Change): Promise<void> {
  await server.call('PUT', '/v1/score-model', { body: { document: here }, ...(etag !== null && { ifMatch: etag }) });
}

/** Makes the draft the model that counts. What it changes is told to nobody: scores are corrected, not earned. */
export async function publishScoreModel(server: Server): Promise<Published> {
  const { version, created, job } = published.parse(
    (await server.call('POST', '/v1/score-model/publish', { body: {} })).body,
  );
  return { version: version.number, created, jobId: job?.id ?? null };
}

/** Stores a template and makes it the version that mail is made of. */
export async function publishTemplate(
  server: Server,
  { key, ...draft }: TemplateFile,
  etag: string | null,
): Promise<void> {
  await server.call('PUT', `/v1/templates/${key}`, { body: draft, ...(etag !== null && { ifMatch: etag }) });
  await server.call('POST', `/v1/templates/${key}/publish`);
}

/** Publishes the stored draft by the plan that was shown; without one, people stay in their version. */
export async function publishJourney(
  server: Server,
  key: string,
  it: { plan: string; people: People; steps: Record<string, string | null> } | null,
): Promise<Published> {
  const body =
    it === null ? {} : { plan: it.plan, people: it.people, ...(it.people === 'move' && { steps: it.steps }) };
  const { version, created, job } = published.parse(
    (await server.call('POST', `/v1/journeys/${key}/publish`, { body })).body,
  );
  return { version: version.number, created, jobId: job?.id ?? null };
}
