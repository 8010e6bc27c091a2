import { eventGroups, expandGroup, type EventGroups } from '../../domain/events';
import type { JourneyDocument } from '../document';
import type { Lookups } from '../lookups';
import type { Placed } from '../outline';
import { isMessage } from '../plan';
import { type Complaint, didYouMean, listed, type Path } from '../problem';
import { conditionsIn } from './condition-parts';
import { reachableFrom, type Ways } from './paths';

/** A behaviour that a wait or a condition asks for. */
export interface Asked {
  event: string;
  of?: string | string[] | undefined;
  path: Path;
  /** The key that names the event. */
  key: 'event' | 'did';
  /** The step that asks; null for the journey itself. */
  stepId: string | null;
}

export function behavioursIn(document: JourneyDocument, placed: Placed[]): Asked[] {
  const awaited = placed.flatMap(({ step, path }) => {
    if (step.kind !== 'wait' && step.kind !== 'handoff') return [];
    return (step.on ?? []).map(({ event, of }, index) => {
      return { event, of, path: [...path, 'on', index], key: 'event' as const, stepId: step.id };
    });
  });
  const done = conditionsIn(document, placed).flatMap(({ condition, path, stepId }) => {
    if (!('did' in condition)) return [];
    return [{ event: condition.did, of: condition.of, path, key: 'did' as const, stepId }];
  });
  return [...awaited, ...done];
}

interface Messages {
  placed: Placed[];
  /** All ways that somebody may go, back and by exits too. */
  ways: Ways;
  groups: EventGroups;
}

/** Behaviours of messages: the message is there, comes before, and the event is about messages of its kind. */
export function checkMessages(document: JourneyDocument, messages: Messages): Complaint[] {
  return behavioursIn(document, messages.placed).flatMap((asked) => {
    const about = checkAbout(asked, messages);
    // Before the journey begins `of` is refused by itself.
    const named = asked.stepId === null ? [] : [asked.of ?? []].flat();
    const each = named.flatMap((id) => checkMessage(id, asked, messages));
    return [...about, ...each];
  });
}

/** Which kinds of step an event may be about. */
function kindsOf(event: string, groups: EventGroups): ('email' | 'message')[] {
  const types = expandGroup(event, groups);
  const all = (prefix: string) => types.every((type) => type.startsWith(prefix));
  if (all('email.')) return ['email'];
  if (all('message.')) return ['message'];
  return types.every((type) => /^(email|message)\./.test(type)) ? ['email', 'message'] : [];
}

function checkAbout({ event, of, path }: Asked, { groups }: Messages): Complaint[] {
  if (of === undefined || kindsOf(event, groups).length > 0) return [];
  const inGroup = Object.hasOwn(eventGroups, event) || Object.hasOwn(groups, event) ? 'use one of its types: ' : '';
  return [
    {
      path: [...path, 'of'],
      message: `\`${event}\` is not about a message, so \`of\` cannot hold`,
      hint: `${inGroup}email.clicked, email.opened, email.replied`,
    },
  ];
}

function checkMessage(id: string, asked: Asked, { placed, ways, groups }: Messages): Complaint[] {
  const path = [...asked.path, 'of'];
  const sent = placed.filter(isMessage);
  if (id === 'journey') return sent.length > 0 ? [] : [{ path, message: 'this journey sends no message' }];
  const named = sent.find(({ step }) => step.id === id);
  if (named === undefined) {
    const ids = sent.map(({ step }) => step.id);
    const hint = didYouMean(id, ids) ?? (ids.length === 0 ? 'there is none' : `messages: ${listed(ids)}`);
    return [{ path, message: `there is no message step \`${id}\``, hint }];
  }
  const kinds = kindsOf(asked.event, groups);
  if (kinds.length > 0 && !kinds.some((kind) => kind === named.step.kind)) {
    const hint =
      named.step.kind === 'email' ? 'email.clicked, email.opened, email.replied' : 'message.delivered, message.failed';
    return [
      { path, message: `\`${asked.event}\` never happens to \`${id}\`, a step of kind ${named.step.kind}`, hint },
    ];
  }
  if (asked.stepId === null || reachableFrom(id, ways).has(asked.stepId)) return [];
  return [{ path, message: `\`${id}\` is never sent before \`${asked.stepId}\`` }];
}

/** Who is not in the journey yet has been sent nothing by this run, and a moment without an event has no properties. */
export function checkBefore(document: JourneyDocument, placed: Placed[], { outside }: Lookups): Complaint[] {
  const where = outside ? 'outside of a journey' : 'before the journey begins';
  return conditionsIn(document, placed).flatMap(({ condition, path, stepId, event }) => {
    if (stepId !== null) return [];
    if ('property' in condition && !event) {
      const message = '`property` has no meaning here: there is no event whose properties it could test';
      return [{ path: [...path, 'property'], message }];
    }
    if (!('did' in condition)) return [];
    return (['of', 'since'] as const)
      .filter((key) => condition[key] !== undefined)
      .map((key) => ({ path: [...path, key], message: `\`${key}\` has no meaning ${where}` }));
  });
}
