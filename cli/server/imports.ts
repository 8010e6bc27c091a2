import { z } from 'zod';
import type { Server } from './client';

const accepted = z.object({ job: z.object({ id: z.string() }) });

/** How a file is to be read, as `POST /v1/imports` takes it. */
export interface ImportPlan {
  dryRun: boolean;
  journeys: boolean;
  marketing: boolean;
  source: string | null;
  /** Column → what it is. */
  mapping: Readonly<Record<string, string>>;
  /** What holds for all rows. */
  consent: Readonly<Record<string, string>>;
  delimiter: string | null;
}

export interface FileOfPeople {
  content: AsyncIterable<Uint8Array>;
  /** Its media type. */
  type: string;
}

/** Hands a file in as it is read. Answers the job that takes it in. */
export async function handIn(server: Server, { content, type }: FileOfPeople, plan: ImportPlan): Promise<string> {
  const { body } = await server.upload(`/v1/imports?${queryOf(plan).toString()}`, { content, type });
  return accepted.parse(body).job.id;
}

function queryOf({ mapping, consent, source, delimiter, ...flags }: ImportPlan): URLSearchParams {
  const query = new URLSearchParams(Object.entries(flags).map(([name, on]): [string, string] => [name, String(on)]));
  if (Object.keys(mapping).length > 0) query.set('mapping', JSON.stringify(mapping));
  if (Object.keys(consent).length > 0) query.set('consent', JSON.stringify(consent));
  if (source !== null) query.set('source', source);
  if (delimiter !== null) query.set('delimiter', delimiter);
  return query;
}

const imported = z.object({
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  error: z.string().nullable(),
  progress: z.record(z.string(), z.int()),
  secondsLeft: z.int().nullable(),
  mapping: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
  result: z
    .object({
      unclear: z.record(z.string(), z.int()).optional(),
      rows: z.array(z.record(z.string(), z.unknown())).optional(),
    })
    .nullable(),
});

/** A file that is taken in, or was looked at. */
export type Imported = z.infer<typeof imported>;

export async function importOf(server: Server, id: string): Promise<Imported> {
  return imported.parse((await server.call('GET', `/v1/imports/${id}`)).body);
}
