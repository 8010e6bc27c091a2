import type { Json, JsonObject } from '../json';
import { isTicked, type FormDocument, type FormField } from './form';
import { wordsOf } from './words';

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
export function readAnswers(document: FormDocument, inputs: Readonly<Record<string, string>>): Answers {
  const answers: Answers = { email: null, traits: {}, properties: {}, faults: [] };
  const read = readerOf(document);
  for (const field of document.fields) {
    const given = Object.hasOwn(inputs, field.name) ? (inputs[field.name] ?? '').trim() : '';
    const answer = read(field, given);
    if ('fault' in answer) answers.faults.push({ field: field.name, detail: answer.fault });
    else if (answer.value !== null) place(answers, field, answer.value);
  }
  return answers;
}

type AnswerRead = { value: Json } | { fault: string };

function readerOf(document: FormDocument): (field: FormField, given: string) => AnswerRead {
  const words = wordsOf(document);
  return ({ type, required, options = [], value }, given) => {
    if (type === 'hidden') return { value: value ?? null };
    if (type === 'checkbox') {
      const ticked = isTicked(given);
      return required && !ticked ? { fault: words.unticked } : { value: ticked || null };
    }
    if (given === '') return required ? { fault: words.missing } : { value: null };
    if (given.length > MOST) return { fault: words.tooLong(MOST) };
    if (type === 'select' && !options.includes(given)) return { fault: words.noChoice };
    if (type === 'number') return Number.isFinite(Number(given)) ? { value: Number(given) } : { fault: words.noNumber };
    if (type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(given)) return { fault: words.noDate };
    return { value: given };
  };
}

function place(answers: Answers, { name, to }: FormField, value: Json): void {
  if (to === 'email') answers.email = typeof value === 'string' ? value : null;
  else if (to === 'property') answers.properties[name] = value;
  else answers.traits[to.replace(/^traits\./, '')] = value;
}
