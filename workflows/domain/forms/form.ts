import { originFields, textFields, type TextField } from '../contact-fields';
import type { FormLanguage } from './words';

export const inputTypes = [
  'text',
  'email',
  'tel',
  'number',
  'date',
  'textarea',
  'select',
  'checkbox',
  'hidden',
] as const;
export type InputType = (typeof inputTypes)[number];

/** Nobody says of themselves in a form what sales decides, or where they came from. */
const notAsked = ['lifecycleStage', 'owner', ...originFields] as const satisfies readonly TextField[];

/** Where an answer may go: a standard field, `traits.<name>`, or `property` of the event. */
export const askedFields = textFields.filter((field) => !notAsked.some((other) => other === field));

export interface FormField {
  /** As the input is called. */
  name: string;
  /** What people read beside it. */
  label: string;
  to: string;
  type: InputType;
  required: boolean;
  /** Of a select. */
  options?: string[] | undefined;
  /** What a hidden one always says. */
  value?: string | undefined;
}

export interface FormDocument {
  name: string;
  fields: FormField[];
  /** What the box stands for: a topic, or `*`. */
  topic?: string | undefined;
  /** What stands beside the box. */
  consentText?: string | undefined;
  /** Where people go afterwards. */
  redirect?: string | undefined;
  /** Sites that it may stand on; those of settings.website where none is named. */
  origins?: string[] | undefined;
  /** What they ask for by it. */
  asset?: string | undefined;
  /** Of what stands around the author's own words; English unless said. */
  language?: FormLanguage | undefined;
  /** Out of service: nothing is taken, and whoever comes is told so. */
  closed?: boolean | undefined;
}

/** Inputs that are not answers. */
export const ownInputs = {
  /** People do not see it: who fills it is a program. */
  trap: '_url',
  /** When the page was made, epoch milliseconds. */
  at: '_at',
  /** Which text they saw beside the box. */
  revision: '_revision',
  /** The box. */
  consent: '_consent',
  /** Names a submission that may be sent twice. */
  id: '_id',
  /** The visitor, as the website's script knows them. */
  visitor: 'anonymousId',
} as const;

/** Quicker than any person: milliseconds. */
const LEAST_MS = 1_500;

/** Whether a program sent it: it filled what people do not see, or was quicker than people are. */
export function isByProgram(inputs: Readonly<Record<string, string>>, at: number): boolean {
  const shownAt = Number(inputs[ownInputs.at] ?? NaN);
  return (inputs[ownInputs.trap] ?? '').trim() !== '' || (shownAt <= at && at - shownAt < LEAST_MS);
}

export function isTicked(answer: string | undefined): boolean {
  return ['on', 'yes', 'true', '1'].includes((answer ?? '').trim().toLowerCase());
}
