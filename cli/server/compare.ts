import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import type { CheckedFolder } from '../folder/check-folder';
import type { Server } from './client';
import { SCORE_MODEL, type SourceFile } from '../folder/read-folder';
import { storedJourney, storedScoreModel, storedTemplate } from './stored';

/** A file of the folder beside what the server has under its key. */
export interface Change {
  kind: 'journey' | 'template' | 'score-model';
  /** There is one score model: it goes by the name of its file. */
  key: string;
  file: string;
  state: 'new' | 'changed' | 'same';
  /** As text, to be compared line by line; empty where the server has none. */
  there: string;
  here: string;
  /** Of the draft there; null where there is none. */
  etag: string | null;
  /** Whether the server uses some version of it. */
  published: boolean;
}

/** What people call it. */
export function nameOf({ kind, key }: Pick<Change, 'kind' | 'key'>): string {
  return kind === 'score-model' ? 'score model' : `${kind} ${key}`;
}

/** Compares every sound file of a folder with the server's drafts: templates first, as journeys need them. */
export async function compare({ journeys, templates, scoreModel }: CheckedFolder, server: Server): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { file, template } of templates) {
    const stored = await storedTemplate(server, template.key);
    const here = templateText(template);
    const there = stored === null ? '' : templateText(stored.template);
    const common = {
      key: template.key,
      file: file.path,
      etag: stored?.etag ?? null,
      published: stored?.published ?? false,
    };
    changes.push({ kind: 'template', ...common, here, there, state: stateOf(here === there, stored) });
  }
  for (const { file, graph } of journeys) {
    const stored = await storedJourney(server, graph.journey);
    const there = stored === null ? '' : journeyText(stored.text);
    const same = stored !== null && meansTheSame(stored.text, file.text);
    const common = {
      key: graph.journey,
      file: file.path,
      etag: stored?.etag ?? null,
      published: isPublished(stored?.status),
    };
    changes.push({ kind: 'journey', ...common, here: file.text, there, state: stateOf(same, stored) });
  }
  if (scoreModel !== null) changes.push(await compareScoreModel(scoreModel.file, server));
  return changes;
}

async function compareScoreModel(file: SourceFile, server: Server): Promise<Change> {
  const stored = await storedScoreModel(server);
  const there = stored === null ? '' : journeyText(stored.text);
  const same = stored !== null && meansTheSame(stored.text, file.text);
  const common = { key: SCORE_MODEL, file: file.path, etag: stored?.etag ?? null, published: stored !== null };
  return { kind: 'score-model', ...common, here: file.text, there, state: stateOf(same, stored) };
}

function meansTheSame(there: string, here: string): boolean {
  return isDeepStrictEqual(parse(there), parse(here)) && comments(there) === comments(here);
}

function isPublished(status: string | undefined): boolean {
  return status === 'published' || status === 'paused';
}

function stateOf(same: boolean, stored: object | null): Change['state'] {
  if (stored === null) return 'new';
  return same ? 'same' : 'changed';
}

/** A template as a file has it, keys in one order. */
export function templateText({ key, subject, class: kind, variables, html, text }: TemplateParts): string {
  const parts = { key, subject, class: kind, variables, html, ...(text !== undefined && { text }) };
  return stringify(parts, { lineWidth: 0 });
}

interface TemplateParts {
  key: string;
  subject: string;
  class: string;
  variables: Record<string, unknown>;
  html: string;
  text?: string | undefined;
}

/** A draft that was sent as data is kept as JSON: people read YAML. */
export function journeyText(stored: string): string {
  return stored.trimStart().startsWith('{') ? stringify(parse(stored), { lineWidth: 0 }) : stored;
}

/** What an author says to other authors is part of the file, too. */
function comments(text: string): string {
  return text.trimStart().startsWith('{')
    ? ''
    : (text.match(/(^|\s)#.*$/gm) ?? []).map((line) => line.trim()).join('\n');
}
