import { z } from 'zod';
import { templateFile, type TemplateFile } from '../../workflows/journeys/template-file';
import type { Server } from './client';

/** A journey as the server has it. */
export interface StoredJourney {
  key: string;
  status: string;
  /** The draft as its author wrote it. */
  text: string;
  etag: string | null;
}

export interface StoredTemplate {
  template: TemplateFile;
  published: boolean;
  etag: string | null;
}

const page = z.object({ data: z.array(z.object({ key: z.string() })), next: z.string().nullable() });
/** Answers may have more than a file has; a file may not. */
const templateThere = z.object({ ...templateFile.shape, publishedVersionId: z.string().nullable() });
const journey = z.object({ key: z.string(), status: z.string(), document: z.string() });

/** Keys of everything of a kind, over all pages. */
export async function keysOf(server: Server, path: '/v1/journeys' | '/v1/templates'): Promise<string[]> {
  const keys: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const cursor = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const { data, next: following } = page.parse((await server.call('GET', `${path}?limit=200${cursor}`)).body);
    keys.push(...data.map(({ key }) => key));
    next = following;
  }
  return keys.sort();
}

/** Null where the server has none. */
export async function storedJourney(server: Server, key: string): Promise<StoredJourney | null> {
  const { status, body, etag } = await server.call('GET', `/v1/journeys/${key}`, { allow: [404] });
  if (status === 404) return null;
  const { document: text, ...rest } = journey.parse(body);
  return { key, status: rest.status, text, etag };
}

const scoreModel = z.object({ document: z.string() });

/** The draft of how points are given; null where the server has none. */
export async function storedScoreModel(server: Server): Promise<{ text: string; etag: string | null } | null> {
  const { status, body, etag } = await server.call('GET', '/v1/score-model', { allow: [404] });
  return status === 404 ? null : { text: scoreModel.parse(body).document, etag };
}

/** The draft of a template; null where the server has none. */
export async function storedTemplate(server: Server, key: string): Promise<StoredTemplate | null> {
  const { status, body, etag } = await server.call('GET', `/v1/templates/${key}`, { allow: [404] });
  if (status === 404) return null;
  const { publishedVersionId, ...template } = templateThere.parse(body);
  return { template, published: publishedVersionId !== null, etag };
}
