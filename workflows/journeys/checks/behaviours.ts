import type { Condition } from '../../domain/conditions/condition';
import { builtInSegments } from '../../domain/conditions/segments';
import { contactFields } from '../../domain/contact-fields';
import { eventGroups, events, expandEvent, isReserved } from '../../domain/events';
import type { JourneyDocument } from '../document';
import type { Placed } from '../outline';
import { type Complaint, didYouMean, listed, type Path } from '../problem';
import { reachableFrom, type Ways } from './paths';

/** Events, fields and segments that do not exist: what is misspelled would never happen. */
export function checkNames(document: JourneyDocument, placed: Placed[]): Complaint[] {
  return [
    ...document.entry.flatMap(({ event }, index) => checkEvent(event, ['entry', index, 'event'])),
    ...document.exits.flatMap(({ event }, index) => checkEvent(event, ['exits', index, 'event'])),
    ...placed.flatMap(({ step, path }) => {
      if (step.kind !== 'wait') return [];
      const awaited = (step.on ?? []).flatMap(({ event }, index) => checkEvent(event, [...path, 'on', index, 'event']));
      const field = step.until !== undefined && 'field' in step.until ? step.until.field : null;
      return [...awaited, ...(field === null ? [] : checkField(field, [...path, 'until', 'field']))];
    }),
    ...conditionsIn(document, placed).flatMap(({ condition, path }) => {
      if ('did' in condition) return checkEvent(condition.did, [...path, 'did']);
      if ('field' in condition) return checkField(condition.field, [...path, 'field']);
      if ('segment' in condition) return checkSegment(condition.segment, [...path, 'segment']);
      return [];
    }),
  ];
}

function checkEvent(event: string, path: Path): Complaint[] {
  if (!isReserved(event) || Object.hasOwn(events, event)) return [];
  const near = didYouMean(event, Object.keys(events)) ?? 'docs/events.md lists them';
  return [{ path, message: `Nurture makes no event \`${event}\``, hint: near }];
}

function checkField(field: string, path: Path): Complaint[] {
  if (field.startsWith('traits.') || contactFields.some((known) => known === field)) return [];
  const hint = didYouMean(field, contactFields) ?? `a custom field is \`traits.${field}\``;
  return [{ path, message: `a contact has no field \`${field}\``, hint }];
}

function checkSegment(segment: string, path: Path): Complaint[] {
  const known = Object.keys(builtInSegments);
  if (known.includes(segment)) return [];
  return [
    {
      path,
      message: `there is no segment \`${segment}\``,
      hint: didYouMean(segment, known) ?? `segments: ${listed(known)}`,
    },
  ];
}

/** Behaviours of messages: the message is there, comes before, and the event is about messages at all. */
export function checkMessages(document: JourneyDocument, placed: Placed[], ways: Ways): Complaint[] {
  const emails = placed.filter(({ step }) => step.kind === 'email').map(({ step }) => step.id);
  const check = (subject: About, stepId: string | null) => [
    ...checkAboutMessages(subject),
    ...[subject.of ?? []].flat().flatMap((id) => checkMessage(id, { ...subject, stepId, emails, ways })),
  ];
  const awaited = placed.flatMap(({ step, path }) =>
    step.kind !== 'wait'
      ? []
      : (step.on ?? []).flatMap((one, index) =>
          check({ event: one.event, of: one.of, path: [...path, 'on', index] }, step.id),
        ),
  );
  const done = conditionsIn(document, placed).flatMap(({ condition, path, stepId }) =>
    'did' in condition ? check({ event: condition.did, of: condition.of, path }, stepId) : [],
  );
  return [...awaited, ...done, ...checkUnless(document)];
}

interface About {
  event: string;
  of?: string | string[] | undefined;
  path: Path;
}

function checkAboutMessages({ event, of, path }: About): Complaint[] {
  if (of === undefined || expandEvent(event).every((type) => type.startsWith('email.'))) return [];
  const inGroup = Object.hasOwn(eventGroups, event) ? 'use one of its types: ' : '';
  return [
    {
      path: [...path, 'of'],
      message: `\`${event}\` is not about a message, so \`of\` cannot hold`,
      hint: `${inGroup}email.clicked, email.opened, email.replied`,
    },
  ];
}

function checkMessage(
  id: string,
  { path, stepId, emails, ways }: About & { stepId: string | null; emails: string[]; ways: Ways },
): Complaint[] {
  const here = [...path, 'of'];
  if (id === 'journey') {
    return emails.length > 0 ? [] : [{ path: here, message: 'this journey sends no message' }];
  }
  if (!emails.includes(id)) {
    const hint = didYouMean(id, emails) ?? `messages: ${listed(emails)}`;
    return [{ path: here, message: `there is no email step \`${id}\``, hint }];
  }
  if (stepId === null || reachableFrom(id, ways).has(stepId)) return [];
  return [{ path: here, message: `\`${id}\` is never sent before \`${stepId}\`` }];
}

/** Who is not let in has been sent nothing by this run yet. */
function checkUnless({ unless }: JourneyDocument): Complaint[] {
  if (unless === undefined) return [];
  return partsOf(unless, ['unless']).flatMap(({ condition, path }) => {
    if (!('did' in condition)) return [];
    return (['of', 'since'] as const)
      .filter((key) => condition[key] !== undefined)
      .map((key) => ({ path: [...path, key], message: `\`${key}\` has no meaning before the journey begins` }));
  });
}

interface Part {
  condition: Condition;
  path: Path;
  /** The step that asks; null for the journey itself. */
  stepId: string | null;
}

function conditionsIn(document: JourneyDocument, placed: Placed[]): Part[] {
  const ofJourney = document.unless === undefined ? [] : partsOf(document.unless, ['unless']);
  const ofSteps = placed.flatMap(({ step, path }) => [
    ...(step.if === undefined ? [] : partsOf(step.if, [...path, 'if'], step.id)),
    ...(step.kind !== 'branch'
      ? []
      : step.cases.flatMap(({ when }, index) => partsOf(when, [...path, 'cases', index, 'when'], step.id))),
  ]);
  return [...ofJourney, ...ofSteps];
}

function partsOf(condition: Condition, path: Path, stepId: string | null = null): Part[] {
  const own = { condition, path, stepId };
  if ('not' in condition) return [own, ...partsOf(condition.not, [...path, 'not'], stepId)];
  const [name, parts] =
    'all' in condition ? ['all', condition.all] : 'any' in condition ? ['any', condition.any] : ['', []];
  return [own, ...parts.flatMap((part, index) => partsOf(part, [...path, name, index], stepId))];
}
