import { escapeHtml } from '../../messages/html';
import type { AnswerFault } from '../../workflows/domain/forms/answers';
import { isTicked, ownInputs, type FormDocument, type FormField } from '../../workflows/domain/forms/form';
import { wordsOf } from '../../workflows/domain/forms/words';

/** What is already in the fields, and what is wrong with it. */
export interface Filled {
  inputs: Readonly<Record<string, string>>;
  faults: readonly AnswerFault[];
}

export interface FormShown {
  /** None: to where it stands, whatever the host is called there. */
  action?: string;
  revision: number;
  /** When it is shown, where that is known: epoch milliseconds. */
  at?: number;
  /** Names its submission, however often it is sent. */
  id?: string;
  filled?: Filled;
}

interface Worded {
  words: ReturnType<typeof wordsOf>;
}

const empty: Filled = { inputs: {}, faults: [] };

/** The form as HTML that works without scripts and styles: everything that comes from elsewhere is escaped. */
export function formHtml(document: FormDocument, { action, revision, at, id, filled = empty }: FormShown): string {
  const { fields, topic, consentText } = document;
  const words = wordsOf(document);
  const target = action === undefined ? '' : ` action="${escapeHtml(action)}"`;
  return [
    `<form${target} method="post" accept-charset="utf-8">`,
    ...fields.filter(({ type }) => type !== 'hidden').map((field) => fieldHtml(field, { ...filled, words })),
    ...(topic === undefined || consentText === undefined ? [] : [consentHtml(consentText, filled)]),
    trapHtml(words),
    hidden(ownInputs.revision, String(revision)),
    ...(at === undefined ? [] : [hidden(ownInputs.at, String(at))]),
    ...(id === undefined ? [] : [hidden(ownInputs.id, id)]),
    `<button type="submit">${escapeHtml(words.send)}</button>`,
    '</form>',
  ].join('\n');
}

/** What is wrong, above a form that is shown again: each leads to its field. */
export function faultsHtml(document: FormDocument, faults: readonly AnswerFault[]): string {
  const items = faults.map(({ field, detail }) => {
    const label = document.fields.find(({ name }) => name === field)?.label ?? field;
    return `<li><a href="#f-${escapeHtml(field)}">${escapeHtml(label)} ${escapeHtml(detail)}</a></li>`;
  });
  return `<div role="alert">\n<p>${escapeHtml(wordsOf(document).notSent)}</p>\n<ul>\n${items.join('\n')}\n</ul>\n</div>`;
}

const kinds: Partial<Record<FormField['to'], string>> = {
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
  company: 'organization',
  jobTitle: 'organization-title',
  phone: 'tel',
  country: 'country-name',
};

function fieldHtml(field: FormField, { inputs, faults, words }: Filled & Worded): string {
  const { name, label, to, type, required } = field;
  const fault = faults.find((one) => one.field === name);
  const autocomplete = kinds[to];
  const attributes = [
    `id="f-${escapeHtml(name)}" name="${escapeHtml(name)}"`,
    ...(required ? ['required'] : []),
    ...(autocomplete === undefined ? [] : [`autocomplete="${autocomplete}"`]),
    ...(fault ? [`aria-invalid="true" aria-describedby="e-${escapeHtml(name)}"`] : []),
  ].join(' ');
  const note = fault ? `\n<span id="e-${escapeHtml(name)}">${escapeHtml(`${label} ${fault.detail}`)}</span>` : '';
  const shown = `${escapeHtml(label)}${required ? '' : ` ${escapeHtml(words.optional)}`}`;
  const value = Object.hasOwn(inputs, name) ? (inputs[name] ?? '') : '';
  if (type === 'checkbox') {
    const box = `<input type="checkbox" ${attributes} value="yes"${isTicked(value) ? ' checked' : ''}>`;
    return `<p><label>${box} ${shown}</label>${note}</p>`;
  }
  return `<p><label for="f-${escapeHtml(name)}">${shown}</label>\n${inputHtml(field, { attributes, value, words })}${note}</p>`;
}

function inputHtml(
  { type, options = [] }: FormField,
  { attributes, value, words }: { attributes: string; value: string } & Worded,
): string {
  if (type === 'textarea') return `<textarea ${attributes} rows="4">${escapeHtml(value)}</textarea>`;
  if (type !== 'select') return `<input type="${type}" ${attributes}${value && ` value="${escapeHtml(value)}"`}>`;
  const choices = options.map(
    (option) => `<option${option === value ? ' selected' : ''}>${escapeHtml(option)}</option>`,
  );
  return `<select ${attributes}><option value="">${escapeHtml(words.choose)}</option>${choices.join('')}</select>`;
}

/** Never ticked beforehand: what was ticked is what they did. */
function consentHtml(text: string, { inputs }: Filled): string {
  const checked = isTicked(inputs[ownInputs.consent]) ? ' checked' : '';
  const box = `<input type="checkbox" name="${ownInputs.consent}" value="yes"${checked}>`;
  return `<p><label>${box} ${escapeHtml(text)}</label></p>`;
}

/** Out of sight, of the keyboard's way and of what is read aloud; a password manager passes it over. */
function trapHtml({ leaveEmpty }: Worded['words']): string {
  const input = `<input name="${ownInputs.trap}" tabindex="-1" autocomplete="off">`;
  return `<p hidden aria-hidden="true"><label>${escapeHtml(leaveEmpty)} ${input}</label></p>`;
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
}
