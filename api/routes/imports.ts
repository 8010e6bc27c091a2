import { v7 } from 'uuid';
import { z } from 'zod';
import type { Db } from '../../prisma/client';
import {
  createJob,
  createJobOnce,
  findJob,
  jobStates,
  listJobs,
  type Job,
  type NewJob,
} from '../../prisma/stores/jobs';
import { dropRows } from '../../prisma/stores/imports';
import type { ImportInput } from '../../workflows/contract/import';
import { notesOn } from '../../workflows/domain/importing/columns';
import { plainJson } from '../../workflows/domain/json';
import { readCsv, type FileRow } from '../import/csv';
import { charsets, decoded, type Charset } from '../import/decode';
import { errorsFile } from '../import/errors-file';
import { FileFault } from '../import/file-fault';
import { readNdjson } from '../import/ndjson';
import { demandPlan, importQuery, mappingOf, type ImportQuery } from '../import/plan';
import { stageFile } from '../import/stage';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { notFound, Problem } from '../http/problems';
import { ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { job, jobAccepted, jobReply, jobView } from './jobs';

const params = z.object({ id: z.uuid() });

const view = job
  .omit({ kind: true, requestedBy: true })
  .extend({
    source: z.string().nullable(),
    dryRun: z.boolean(),
    marketing: z.boolean(),
    journeys: z.boolean(),
    mapping: z.record(z.string(), z.string()).meta({ description: 'Column → what is taken from it' }),
    notes: z.array(z.string()).meta({ description: 'Columns that are not read and may be meant to be' }),
    rowsPerSecond: z.number().nullable(),
    secondsLeft: z.int().nullable(),
  })
  .meta({
    id: 'Import',
    description: 'A file that is taken in. `progress`: total, done, refused, created, updated, optedOut',
  });

function viewOf(row: Job, now: Date) {
  const input = row.input as unknown as ImportInput; // written by this route alone
  const { kind: _kind, requestedBy: _by, ...shown } = jobView(row);
  const mapping = input.header === null ? input.mapping : mappingOf(input.header, input.mapping);
  const { source, dryRun, marketing, journeys = true } = input;
  const notes = notesOn(input.header ?? skippedOf(row), input.mapping);
  return { ...shown, source, dryRun, marketing, journeys, mapping, notes, ...paceOf(row, now) };
}

/** Columns that the job has met and did not take. */
function skippedOf({ result }: Job): string[] {
  return Array.isArray(result?.skipped) ? result.skipped.filter((name) => typeof name === 'string') : [];
}

/** Rows that are through, refused ones among them. */
function paceOf({ progress, startedAt, finishedAt }: Job, now: Date) {
  const seconds = startedAt === null ? 0 : ((finishedAt ?? now).getTime() - startedAt.getTime()) / 1000;
  const through = (progress.done ?? 0) + (progress.refused ?? 0);
  if (seconds <= 0 || through === 0) return { rowsPerSecond: null, secondsLeft: null };
  const rowsPerSecond = Math.round((10 * through) / seconds) / 10;
  const left = Math.max(0, (progress.total ?? 0) - through);
  return { rowsPerSecond, secondsLeft: finishedAt ? 0 : Math.ceil((left * seconds) / through) };
}

const start = defineRoute({
  method: 'post',
  path: '/v1/imports',
  summary: 'Take in a file of people',
  description: [
    'CSV with a header (`text/csv`, or `text/tab-separated-values`) or one JSON object to a line (`application/x-ndjson`), in UTF-8 unless `charset` says windows-1252 or iso-8859-1, up to 1 GB and 5,000,000 rows; it may be compressed (`Content-Encoding`). It is read as it comes in; the answer comes when all of it is here, and a job does the rest.',
    'Each row is somebody by `email` or `externalId`, and becomes one event `contact.identified`: everything that follows from such an event follows from it, once. A row that cannot be taken is refused with its reason, the others go on. `GET /v1/imports/{id}/errors` has the refused ones, to be mended and sent again.',
    'An opt-out survives: no file ends one. A repetition with the same Idempotency-Key is answered as the first time, whatever file it carries; an upload that broke off has not been made, and can be repeated with its key.',
  ].join('\n\n'),
  tag: 'Imports',
  scope: 'operate',
  query: importQuery,
  bodyKind: 'stream',
  answers: jobAccepted,
  handler: async ({ query, headers, caller, stream, idempotencyKey: key }, deps) => {
    const format = formatOf(headers['content-type']);
    const id = v7();
    try {
      const { input, rows } = await openFile(deps, {
        query,
        format,
        text: decoded(stream(), charsetOf(headers['content-type'])),
      });
      const total = await stageFile(deps.db, id, rows);
      const progress = { total, done: 0, refused: 0 };
      const spec = { id, kind: 'import' as const, input: plainJson(input), progress, requestedBy: caller.keyId };
      return await jobReply(deps, await (key === null ? createJob(deps.db, spec) : jobOnce(deps.db, spec, key)));
    } catch (error) {
      throw error instanceof FileFault ? problemOf(error) : error;
    }
  },
});

/** Of a file that is here twice by one key, the rows of the later one go. */
async function jobOnce(db: Db, spec: NewJob & { id: string }, key: string): Promise<Job> {
  const row = await createJobOnce(db, spec, key);
  if (row.id !== spec.id) await dropRows(db, spec.id);
  return row;
}

type Format = 'csv' | 'tsv' | 'ndjson';

const formats: Readonly<Record<string, Format>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};

function formatOf(contentType = ''): Format {
  const [type = ''] = contentType.split(';', 1);
  const format = formats[type.trim().toLowerCase()];
  if (format) return format;
  const detail = 'Say what it is: text/csv, text/tab-separated-values or application/x-ndjson.';
  const errors = [{ in: 'header' as const, pointer: '#/Content-Type', detail }];
  throw new Problem('validation-failed', undefined, { errors });
}

/** As some programs call them. */
const aliases: Record<string, Charset | undefined> = {
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  latin1: 'iso-8859-1',
  cp1252: 'windows-1252',
};

function charsetOf(contentType = ''): Charset {
  const said = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  const charset = charsets.find((one) => one === (aliases[said] ?? said));
  if (charset) return charset;
  const detail = `The charset is one of ${charsets.join(', ')}.`;
  throw new Problem('validation-failed', undefined, {
    errors: [{ in: 'header', pointer: '#/Content-Type', detail }],
  });
}

interface File {
  query: ImportQuery;
  format: Format;
  text: AsyncIterable<string>;
}

/** Reads its header, and refuses what can be refused by that. */
async function openFile(
  { settings, now }: HandlerDeps,
  { query, format, text }: File,
): Promise<{ input: ImportInput; rows: AsyncIterable<FileRow> }> {
  const topics = (await settings.current()).topics.map(({ key }) => key);
  const { mapping, marketing, journeys, consent, source = null, dryRun, delimiter } = query;
  const common = { mapping, marketing, journeys, consent, topics, source, dryRun, at: now().getTime() };
  if (format === 'ndjson') {
    demandPlan({ ...common, header: null });
    return { input: { ...common, header: null }, rows: readNdjson(text) };
  }
  const { rows, ...read } = await readCsv(text, delimiter ?? (format === 'tsv' ? '\t' : null));
  const input = { ...common, ...read };
  demandPlan(input);
  return { input, rows };
}

function problemOf({ line, detail, hint }: FileFault): Problem {
  const errors = [{ in: 'body' as const, pointer: '#', detail, ...(line !== null && { line }), ...(hint && { hint }) }];
  return new Problem('validation-failed', line === null ? undefined : `Line ${line} cannot be read.`, { errors });
}

const list = defineRoute({
  method: 'get',
  path: '/v1/imports',
  summary: 'Files that were taken in, or are',
  tag: 'Imports',
  scope: 'read',
  query: z.strictObject({ ...pageQuery, state: z.enum(jobStates).optional() }),
  answers: { 200: pageOf(view) },
  handler: async ({ query }, { db, now }) => {
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listJobs(db, { kind: 'import', state: query.state }, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map((row) => viewOf(row, now())) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/imports/:id',
  summary: 'How far a file is taken in, or what it would come to',
  tag: 'Imports',
  scope: 'read',
  params,
  answers: { 200: view },
  handler: async ({ params: { id } }, deps) => ok(viewOf(await demand(deps, id), deps.now())),
});

const errors = defineRoute({
  method: 'get',
  path: '/v1/imports/:id/errors',
  summary: 'The refused rows, with their reasons',
  description:
    'A file as the import was, with `nurture.line` and `nurture.reason` beside what each row has; these two are passed over when it is sent again. It can be fetched for 30 days.',
  tag: 'Imports',
  scope: 'operate',
  params,
  answers: { 200: { description: 'A file', schema: z.string(), contentType: ['text/csv', 'application/x-ndjson'] } },
  handler: async ({ params: { id } }, deps) => {
    const file = (await demand(deps, id)).input as unknown as ImportInput; // written by this route alone
    const [type, ending] = file.header ? ['text/csv', 'csv'] : ['application/x-ndjson', 'ndjson'];
    return {
      status: 200,
      stream: { type, content: errorsFile(deps.db, id, file) },
      headers: { 'Content-Disposition': `attachment; filename="import-${id}-errors.${ending}"` },
    };
  },
});

async function demand({ db }: HandlerDeps, id: string): Promise<Job> {
  const row = await findJob(db, id);
  if (row?.kind !== 'import') throw notFound('import');
  return row;
}

export const importRoutes: readonly Route[] = [start, list, get, errors];
