import type { JourneyDocument } from '../document';
import type { Lookups } from '../lookups';
import type { Placed } from '../outline';
import { type Complaint, didYouMean, listed, type Path } from '../problem';
import type { StepSource } from '../steps/step';
import { conditionsIn } from './condition-parts';

/** Names of what lies outside of the document, and is not there. */
export function checkLookups(document: JourneyDocument, placed: Placed[], lookups: Lookups): Complaint[] {
  return [
    ...checkKey(document, lookups),
    ...topic(document.topic, ['topic'], lookups),
    ...document.entry.flatMap((entry, index) =>
      'segment' in entry ? segment(entry.segment, ['entry', index, 'segment'], lookups) : [],
    ),
    ...conditionsIn(document, placed).flatMap(({ condition, path }) => {
      if ('segment' in condition) return segment(condition.segment, [...path, 'segment'], lookups);
      if ('consent' in condition) return topic(condition.consent, [...path, 'consent'], lookups);
      if (!('journey' in condition) || condition.journey === 'any') return [];
      return journey(condition.journey, [...path, 'journey'], { ...lookups, own: document.journey });
    }),
    ...placed.flatMap(({ step, path }) => checkStep(step, path, { ...lookups, own: document.journey })),
  ];
}

function checkKey({ journey: own }: JourneyDocument, { key }: Lookups): Complaint[] {
  if (key === undefined || own === key) return [];
  const hint = 'a journey keeps its key; under another key it is another journey';
  return [{ path: ['journey'], message: `this is the document of \`${own}\`, not of \`${key}\``, hint }];
}

function checkStep(step: StepSource, path: Path, lookups: Lookups & { own: string }): Complaint[] {
  switch (step.kind) {
    case 'email':
      return [
        ...template(step.template, [...path, 'template'], lookups),
        ...senders(step.from, [...path, 'from'], lookups),
      ];
    case 'message':
      return endpoint(step, path, lookups);
    case 'notify':
    case 'task':
      return team(step.to, [...path, 'to'], lookups);
    case 'enroll':
      return journey(step.journey, [...path, 'journey'], lookups);
    case 'exit':
      return step.into === undefined ? [] : journey(step.into, [...path, 'into'], lookups);
    case 'wait':
    case 'branch':
    case 'split':
    case 'repeat':
    case 'update':
    case 'score':
    case 'handoff':
      return [];
  }
}

function template(key: string, path: Path, { templates }: Lookups): Complaint[] {
  if (!templates || templates.has(key)) return [];
  const hint = didYouMean(key, templates) ?? 'publish it first';
  return [{ path, message: `there is no published template \`${key}\``, hint }];
}

function topic(key: string, path: Path, { topics }: Lookups): Complaint[] {
  return among(topics, { key, path, what: 'topic' });
}

function segment(key: string, path: Path, { segments }: Lookups): Complaint[] {
  return among(segments, { key, path, what: 'segment' });
}

function journey(key: string, path: Path, { journeys, own }: Lookups & { own: string }): Complaint[] {
  if (!journeys || key === own || journeys.has(key)) return [];
  const hint = didYouMean(key, journeys) ?? 'store its draft first';
  return [{ path, message: `there is no journey \`${key}\``, hint }];
}

function senders(from: string | string[] | undefined, path: Path, { senders: known }: Lookups): Complaint[] {
  const single = typeof from === 'string';
  return [from ?? []].flat().flatMap((key, index) => {
    if (key === 'owner') return [];
    return among(known, { key, path: single ? path : [...path, index], what: 'sender', besides: 'owner' });
  });
}

function team(key: string, path: Path, { teams }: Lookups): Complaint[] {
  return key === 'owner' ? [] : among(teams, { key, path, what: 'team', besides: 'owner' });
}

function endpoint(step: Extract<StepSource, { kind: 'message' }>, path: Path, { endpoints }: Lookups): Complaint[] {
  if (!endpoints || step.to === undefined || (step.via !== 'chat' && step.via !== 'webhook')) return [];
  return among(endpoints[step.via], { key: step.to, path: [...path, 'to'], what: `${step.via} endpoint` });
}

interface Named {
  key: string;
  path: Path;
  what: string;
  /** Stands for something without being declared. */
  besides?: string;
}

function among(known: ReadonlySet<string> | null | undefined, { key, path, what, besides }: Named): Complaint[] {
  if (!known || known.has(key)) return [];
  const all = [...(besides === undefined ? [] : [besides]), ...known];
  const hint = didYouMean(key, all) ?? (all.length === 0 ? `no ${what} is declared` : `${what}s: ${listed(all)}`);
  return [{ path, message: `there is no ${what} \`${key}\``, hint }];
}
