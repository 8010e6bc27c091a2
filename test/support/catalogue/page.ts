import { emptyScope } from '../../../messages/scope';
import { renderField } from '../../../messages/liquid';
import { loadCatalog, needsContent } from '../../../prisma/catalog';
import { describeWindow } from '../../../workflows/domain/timing/window';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { JourneyDocument } from '../../../workflows/journeys/document';
import { outline } from '../../../workflows/journeys/outline';
import type { EntrySource } from '../../../workflows/journeys/entries';
import type { StepSource } from '../../../workflows/journeys/steps/step';
import { conditionWords, whereWords } from './conditions';
import { stepLines } from './steps';

/** docs/catalogue.md, from the documents. */
export function cataloguePage(): string {
  const { journeys, templates } = loadCatalog();
  const documents = inOrder(journeys.map(({ source }) => documentOf(source)));
  const subjects = new Map(
    templates.map(({ key, subject, variables }) => [key, renderField('subject', subject, emptyScope(variables))]),
  );
  const subjectOf = (template: string) => (subjects.get(template) ?? template).trim();
  const sections = stages.flatMap(({ stage, title }) => {
    const own = documents.filter((document) => document.stage === stage);
    return [`## ${title}`, ...own.map((document) => section(document, { documents, subjectOf }))];
  });
  return [introduction(documents, templates.length), overview(documents), tickets(documents), ...sections, '']
    .join('\n\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n');
}

const stages = [
  { stage: 'awareness', title: 'Becoming interested' },
  { stage: 'consideration', title: 'Looking for a solution' },
  { stage: 'decision', title: 'Deciding' },
  { stage: 'customer', title: 'Being a customer' },
];

/** By stage; the higher priority first. */
function inOrder(documents: JourneyDocument[]): JourneyDocument[] {
  const place = ({ stage: own }: JourneyDocument) => stages.findIndex(({ stage }) => stage === own);
  return [...documents].sort((a, b) => place(a) - place(b) || b.priority - a.priority);
}

function documentOf(source: string): JourneyDocument {
  const compiled = compileJourney(source, { templates: null, topics: null });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.document;
}

function introduction(documents: JourneyDocument[], templates: number): string {
  return `# The catalogue

<!-- Made from workflows/journeys/catalog by test/support/write-docs.ts. -->

${documents.length} journeys with their ${templates} mails, ready to run. Each is one document in
[workflows/journeys/catalog](../workflows/journeys/catalog) and written in [the language of journeys](journeys.md); each
mail is one file in its \`templates\`. They are yours: take what fits, change the copy, leave the rest as drafts.

Before you publish one to real people,

- read its mails aloud, and put your own pages, names and terms in the \`variables\` at the head of each template;
- see that its entry names what your site sends ([events](events.md)), or map your names in \`settings.eventNames\`;
- simulate it with a persona or two ([the command line](cli.md)).

The default exits end each of them that does not say otherwise: a meeting booked, a reply, becoming a customer, opting
out, a handoff accepted. With the demo all are published but those that need something of yours first:

${needs(documents).join('\n')}`;
}

function needs(documents: JourneyDocument[]): string[] {
  return documents.flatMap((document) => {
    const steps = outline(document.steps).map(({ step }) => step);
    const senders = steps.flatMap((step) => (step.kind === 'email' ? [step.from ?? []].flat() : []));
    const endpoints = steps.flatMap((step) => (step.kind === 'message' ? (step.to ?? []) : []));
    const missing = [
      needsContent[document.journey] ?? [],
      quoted(senders.filter((key) => key !== 'owner')).map((key) => `the sender ${key} in the settings`),
      quoted(endpoints).map((key) => `the webhook endpoint ${key}`),
    ].flat();
    return missing.length === 0 ? [] : [`- \`${document.journey}\`: ${missing.join(', ')}`];
  });
}

function quoted(keys: readonly string[]): string[] {
  return [...new Set(keys)].map((key) => `\`${key}\``);
}

function overview(documents: JourneyDocument[]): string {
  const rows = documents.map((document) => {
    const { journey, name = journey, stage, priority } = document;
    const mails = new Set(mailsOf(document)).size;
    return `| [${name}](#${anchor(name)}) | \`${journey}\` | ${stage} | ${priority} | ${mails} |`;
  });
  return ['| | key | stage | priority | mails |', '|---|---|---|---|---|', ...rows].join('\n');
}

function mailsOf({ steps }: JourneyDocument): string[] {
  return outline(steps).flatMap(({ step }) => (step.kind === 'email' ? [step.template] : []));
}

/** As GitHub makes them of headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** The pattern as it stands in one of them. */
function tickets(documents: JourneyDocument[]): string {
  const { source } = loadCatalog().journeys.find(({ key }) => key === 'referral') ?? { source: '' };
  const gate = /^ {2}- id: gate-1\n(?: {4}.*\n)*/m.exec(source)?.[0].trimEnd() ?? '';
  const keys = documents.filter(({ steps }) => steps.some(isGate)).map(({ journey }) => `\`${journey}\``);
  return `## While a support ticket is open

Nobody likes to be asked for a recommendation while something of theirs is broken. So the journeys for customers
(${keys.join(', ')}) have a gate before each mail that comes by itself:

\`\`\`yaml
${gate}
\`\`\`

The gate takes a minute. A ticket opened in the last 30 days that has not let anybody through yet leads to a wait for one
to be closed, 30 days at most, and back to the gate, which looks again. Each ticket opened counts once, and so does each
one closed: with two open, both have to be closed. It needs \`support.ticket_opened\` and \`support.ticket_closed\`
([events](events.md)). A ticket that is opened after the gate, while the mail waits for its sending window, comes too
late to hold that mail. What a person has just asked for, or answered, is not held.`;
}

function isGate({ id }: StepSource): boolean {
  return /^gate-\d+$/.test(id);
}

interface Others {
  documents: JourneyDocument[];
  subjectOf: (template: string) => string;
}

function section(document: JourneyDocument, { documents, subjectOf }: Others): string {
  const { journey, name = journey, explain, topic, responsible, review, priority, steps } = document;
  return [
    `### ${name}`,
    explain,
    `[\`${journey}\`](../workflows/journeys/catalog/${journey}.yaml) · topic ${topic} · priority ${priority} · looked after by ${responsible}, reviewed every ${review}`,
    [
      `- **Enter:** ${entryWords(document, documents)}`,
      `- **Again:** ${reentryWords(document.reentry)}`,
      ...(document.unless === undefined ? [] : [`- **Kept out:** if ${conditionWords(document.unless)}`]),
      ...(document.window === undefined ? [] : [`- **Messages leave:** ${windowWords(document)}`]),
      `- **Leave:** ${exitWords(document)}`,
    ].join('\n'),
    stepLines(steps.map(withoutGate), subjectOf).join('\n'),
  ].join('\n\n');
}

/** Gates are explained once. */
function withoutGate(step: StepSource): StepSource {
  return step.kind === 'wait' && isGate(step) ? { id: step.id, kind: 'wait', for: GATE } : step;
}

const GATE = 'until no support ticket is open';

function entryWords({ journey, entry }: JourneyDocument, documents: JourneyDocument[]): string {
  const led = documents.filter((other) => other.journey !== journey && leadsTo(other).includes(journey));
  const from = led.length === 0 ? [] : [`from ${led.map((other) => `\`${other.journey}\``).join(', ')}`];
  return [...entry.map(oneEntry), ...from].join('; ');
}

function leadsTo({ steps }: JourneyDocument): string[] {
  return outline(steps).flatMap(({ step }) => {
    if (step.kind === 'enroll') return [step.journey];
    return step.kind === 'exit' && step.into !== undefined ? [step.into] : [];
  });
}

function oneEntry(entry: EntrySource): string {
  if ('becomes' in entry) return `once it turns true that ${conditionWords(entry.becomes)}`;
  if ('segment' in entry) return `on entering the segment \`${entry.segment}\``;
  if ('schedule' in entry) {
    const { schedule } = entry;
    if ('once' in schedule) return `on ${schedule.once}, if ${conditionWords(entry.who)}`;
    const day = {
      day: '',
      week: '',
      month: '',
      ...(schedule.every === 'month' && { month: ` on day ${schedule.day}` }),
    };
    return `every ${schedule.every}${day[schedule.every]} at ${schedule.at}, if ${conditionWords(entry.who)}`;
  }
  const often = entry.times === undefined ? '' : `, ${entry.times} times within ${entry.within}`;
  return `\`${entry.event}\`${whereWords(entry.where ?? {})}${often}`;
}

function reentryWords(reentry: JourneyDocument['reentry']): string {
  if (reentry === 'never') return 'never';
  if (reentry === 'always') return 'as often as it comes';
  return 'after' in reentry ? `after ${reentry.after}` : `once for each \`${reentry.per}\``;
}

function windowWords({ window, spread }: JourneyDocument): string {
  if (window === undefined || window === 'any') return 'at any time';
  return `${describeWindow(window)}${spread === undefined ? '' : `, spread over ${spread}`}`;
}

function exitWords({ exits, defaultExits }: JourneyDocument): string {
  const own = exits.map(({ event, where = {}, outcome, next }) => {
    const where_ = whereWords(where);
    return `\`${event}\`${where_} ${outcome === undefined ? `leads on to \`${next}\`` : `ends it as **${outcome}**`}`;
  });
  return [...own, defaultExits ? 'the default exits' : 'no default exits'].join('; ');
}
