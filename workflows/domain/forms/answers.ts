import type { Json, JsonObject } from '../json';
import { isTicked, type FormDocument, type FormField } from './form';

export interface AnswerFault {
  field: string;
  /** To people, as the rest of a sentence that begins with the label. */
  detail: string;
}

export interface Answers {
  /** As it was given. */
  email: string | null;
  traits: JsonObject;
  properties: JsonObject;
  faults: AnswerFault[];
}

const MOST = 5_000;

/** What was answered, by where it goes. An empty answer says nothing; inputs that the form does not have are left out. */
export function readAnswers({ fields }: FormDocument, inputs: Readonly<Record<string, string>>): Answers {
  const answers: Answers = { email: null, traits: {}, properties: {}, faults: [] };
  for (const field of fields) {
    const given = Object.hasOwn(inputs, field.name) ? (inputs[field.name] ?? '').trim() : '';
    const read = readAnswer(field, given);
    if ('fault' in read) answers.faults.push({ field: field.name, detail: read.fault });
    else if (read.value !== null) place(answers, field, read.value);
  }
  return answers;
}

type AnswerRead = { value: Json } | { fault: string };

function readAnswer(field: FormField, given: string): AnswerRead {
  const { type, required, options = [], value } = field;
  if (type === 'hidden') return { value: value ?? null };
  if (type === 'checkbox') {
    const ticked = isTicked(given);
    return required && !ticked ? { fault: 'must be ticked' } : { value: ticked || null };
  }
  if (given === '') return required ? { fault: 'is missing' } : { value: null };
  if (given.length > MOST) return { fault: `has more than ${MOST} characters` };
  if (type === 'select' && !options.includes(given)) return { fault: 'is none of the choices' };
  if (type === 'number') return numberIn(given);
  if (type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(given)) return { fault: 'is not a date such as 2026-03-01' };
  return { value: given };
}

function numberIn(given: string): AnswerRead {
  const number = Number(given);
  return Number.isFinite(number) ? { value: number } : { fault: 'is not a number' };
}

function place(answers: Answers, { name, to }: FormField, value: Json): void {
  if (to === 'email') answers.email = typeof value === 'string' ? value : null;
  else if (to === 'property') answers.properties[name] = value;
  else answers.traits[to.replace(/^traits\./, '')] = value;
}
