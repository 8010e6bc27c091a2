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

/** Stores a draft over the one that was compared; the server refuses if that has changed since. Answers its ETag. */
export function storeJourney(server: Server, change: Change): Promise<string | null> {
  return store(server, `/v1/journeys/${change.key}`, change);
}

/** Stores how points are given over the draft that was compared. Answers its ETag. */
export function storeScoreModel(server: Server, change: Change): Promise<string | null> {
  return store(server, '/v1/score-model', change);
}

async function store(server: Server, path: string, { here, etag }: Change): Promise<string | null> {
  return (await server.call('PUT', path, { body: { document: here }, ...only(etag) })).etag;
}

/** What another author has stored meanwhile is not published. */
function only(etag: string | null): { ifMatch?: string } {
  return etag === null ? {} : { ifMatch: etag };
}

/** Makes the draft the model that counts. What it changes is told to nobody: scores are corrected, not earned. */
export async function publishScoreModel(server: Server, etag: string | null): Promise<Published> {
  const { version, created, job } = published.parse(
    (await server.call('POST', '/v1/score-model/publish', { body: {}, ...only(etag) })).body,
  );
  return { version: version.number, created, jobId: job?.id ?? null };
}

/** Stores a template and makes it the version that mail is made of. */
export async function publishTemplate(
  server: Server,
  { key, ...draft }: TemplateFile,
  etag: string | null,
): Promise<void> {
  await server.call('PUT', `/v1/templates/${key}`, { body: draft, ...only(etag) });
  await server.call('POST', `/v1/templates/${key}/publish`);
}

/** The plan that was shown, and what was chosen by it. */
export interface PublishedBy {
  plan: string;
  people: People;
  steps: Record<string, string | null>;
}

/** Publishes the draft of that ETag by the plan that was shown; without one, people stay in their version. */
export async function publishJourney(
  server: Server,
  key: string,
  { etag, by = null }: { etag: string | null; by?: PublishedBy | null },
): Promise<Published> {
  const body =
    by === null ? {} : { plan: by.plan, people: by.people, ...(by.people === 'move' && { steps: by.steps }) };
  const { version, created, job } = published.parse(
    (await server.call('POST', `/v1/journeys/${key}/publish`, { body, ...only(etag) })).body,
  );
  return { version: version.number, created, jobId: job?.id ?? null };
}
