import { dropRows, readRows, type ImportRow } from '../../prisma/stores/imports';
import type { Job } from '../../prisma/stores/jobs';
import { recordPage } from '../../prisma/stores/jobs';
import type { ImportInput } from '../../workflows/contract/import';
import { contactFields } from '../../workflows/domain/contact-fields';
import { skippedOf, type PersonOfRow } from '../../workflows/domain/importing/row';
import type { Json, JsonObject } from '../../workflows/domain/json';
import { normaliseField, type PeopleRules } from '../../workflows/domain/people/normalise';
import { pairsOf, readFileRows } from './import-rows';
import type { JobDeps, PageDone } from './page';

const standard: ReadonlySet<string> = new Set(contactFields);

const BATCH = 2_000;
/** Rows that are shown as they would be stored. */
const SHOWN = 20;
const SKIPPED_SHOWN = 50;

/** What a dry run has found so far. */
interface Found {
  rows: JsonObject[];
  /** Field → how many values would stay as given because they cannot be read. */
  unclear: Record<string, number>;
  skipped: string[];
}

/** Looks at the next rows and writes nothing but what they would come to. Null while there are more. */
export async function previewPage(
  { db, settings }: JobDeps,
  job: Job,
  { input, cursor }: { input: ImportInput; cursor: { read: number } },
): Promise<PageDone | null> {
  const rows = await readRows(db, job.id, { after: cursor.read, limit: BATCH });
  const last = rows.at(-1);
  if (!last) {
    await dropRows(db, job.id, 'taken');
    return { to: null };
  }
  // Of rows about one new person the first creates them, as far as the rows that are looked at together say.
  const { people, refused, pairs } = await readFileRows(db, rows, { input });
  const created = people.filter(({ isNew }) => isNew).length;
  const optedOut = people.filter(({ person }) => person.optOut !== null).length;
  const { traits, industries } = await settings();
  const found = foundIn(job, { people, rows, input, rules: { traits, industries } });
  await recordPage(db, job.id, {
    from: job.cursor,
    to: JSON.stringify({ read: last.line, settled: last.line }),
    counts: { done: people.length, created, updated: people.length - created, optedOut },
    refused,
    result: { ...found, ...pairsOf(job, pairs) },
  });
  return null;
}

interface Looked {
  people: readonly { line: number; person: PersonOfRow }[];
  rows: readonly ImportRow[];
  input: ImportInput;
  rules: PeopleRules;
}

function foundIn({ result }: Job, { people, rows, input, rules }: Looked): Found {
  const before = (result as unknown as Found | null) ?? { rows: [], unclear: {}, skipped: [] }; // of the pages before
  const unclear = { ...before.unclear };
  const shown = [...before.rows];
  for (const { line, person } of people) {
    const stored = storedOf(person, rules, unclear);
    if (shown.length < SHOWN) shown.push({ line, ...stored });
  }
  const skipped = new Set([...before.skipped, ...rows.flatMap(({ row }) => skippedOf(row, input))]);
  return { rows: shown, unclear, skipped: [...skipped].slice(0, SKIPPED_SHOWN) };
}

function storedOf(
  { email, externalId, traits, consent, optOut }: PersonOfRow,
  rules: PeopleRules,
  unclear: Found['unclear'],
) {
  const stored: JsonObject = { email, externalId };
  const country = normaliseField('country', traits.country ?? null, { rules })?.value;
  for (const [name, value] of Object.entries(traits)) {
    const field = standard.has(name) ? name : `traits.${name}`;
    const read = normaliseField(field, value, { country, rules }) ?? { value: null, unclear: true };
    if (read.unclear) unclear[name] = (unclear[name] ?? 0) + 1;
    stored[name] = read.value;
  }
  return { ...stored, ...(consent && { consent }), ...(optOut && { optOut: { ...optOut } }) } satisfies Record<
    string,
    Json
  >;
}
