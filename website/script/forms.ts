import { host } from './given';
import { uuid } from './ids';
import type { Bag } from './item';

/** Names of fields, and what `autocomplete` calls them, without marks and capitals → the trait they fill. */
const traits: Record<string, string> = {
  email: 'email',
  emailaddress: 'email',
  name: 'name',
  fullname: 'name',
  firstname: 'firstName',
  givenname: 'firstName',
  lastname: 'lastName',
  surname: 'lastName',
  familyname: 'lastName',
  company: 'company',
  organization: 'company',
  organisation: 'company',
  jobtitle: 'jobTitle',
  organizationtitle: 'jobTitle',
  phone: 'phone',
  tel: 'phone',
  country: 'country',
};

/** A second click while a form is on its way sends nothing. */
const underWay = new WeakSet<HTMLFormElement>();

interface Listening {
  /** Of who fills it in with this address; null where nothing may be stored. */
  idOf: (address: string) => string | null;
  tell: (form: string, traits: Bag) => void;
}

/**
 * Forms that lead to Nurture say who sits there, and go without leaving the page where they are marked
 * `data-nurture-form`. Of marked forms that lead elsewhere we tell what is known by name.
 */
export function watchForms({ idOf, tell }: Listening): void {
  const look = (event: SubmitEvent) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const mark = form.dataset.nurtureForm;
    // Fields may be called `action` and `name`, and hide what the form has under these names.
    const action = new URL(form.getAttribute('action') ?? '', location.href).href;
    if (action.startsWith(`${host}/f/`)) {
      hide(form, 'anonymousId', idOf(fieldsOf(form).email ?? ''));
      // However often it is sent with the same answers, it counts once.
      if (!form.querySelector('input[name=_id]')) hide(form, '_id', uuid());
      if (mark === undefined) return;
      event.preventDefault();
      if (!underWay.has(form)) void post(form, action);
    } else if (mark !== undefined) {
      tell(nameOf(form), fieldsOf(form));
    }
  };
  // Before the page's own listeners, which often keep the browser from sending it and empty it.
  addEventListener('submit', look, { capture: true });
}

/** Its mark, or how the page calls it. */
export function nameOf(form: HTMLFormElement): string {
  return form.dataset.nurtureForm || form.getAttribute('id') || form.getAttribute('name') || 'form';
}

/** Whatever goes wrong, the browser sends it as it would have: under the same id, so that it counts once. */
async function post(form: HTMLFormElement, action: string): Promise<void> {
  underWay.add(form);
  try {
    const answers = [...new FormData(form)].filter((one): one is [string, string] => typeof one[1] === 'string');
    const request = { method: 'POST', body: new URLSearchParams(answers), headers: { Accept: 'application/json' } };
    const answer = await fetch(action, { ...request, credentials: 'omit' });
    if (!answer.ok) throw new Error();
    const { redirect } = (await answer.json()) as { redirect?: string };
    if (!form.dispatchEvent(new CustomEvent('nurture:sent', { bubbles: true, cancelable: true }))) return;
    if (redirect) location.assign(redirect);
    else thank(form);
  } catch {
    HTMLFormElement.prototype.submit.call(form);
  } finally {
    underWay.delete(form);
  }
}

function thank(form: HTMLFormElement): void {
  const words = document.createElement('p');
  Object.assign(words, { role: 'status', tabIndex: -1, textContent: form.dataset.nurtureThanks ?? '✓' });
  form.replaceWith(words);
  words.focus();
}

/** A hidden field; null takes it away. */
function hide(form: HTMLFormElement, name: string, value: string | null): void {
  const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`) ?? document.createElement('input');
  Object.assign(field, { type: 'hidden', name, value: value ?? '' });
  if (value === null) field.remove();
  else form.append(field);
}

/** Only fields that say what they hold, or that are marked `data-nurture="jobTitle"`; `""` leaves one out. */
export function fieldsOf(form: HTMLFormElement): Record<string, string> {
  const found: Record<string, string> = {};
  /** By their types, such as `email`: the first of each, where no other says so by its name. */
  const guessed: Record<string, string> = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    const trait = field.dataset.nurture ?? traitOf(field.name) ?? traitOf(field.autocomplete);
    const guess = traitOf(field.type);
    const value = field.value.trim();
    if (!value || /^(password|hidden|file|checkbox|radio)$/.test(field.type)) continue;
    if (trait) found[trait] = value;
    else if (trait === undefined && guess) guessed[guess] ??= value;
  }
  return { ...guessed, ...found };
}

function traitOf(name: string): string | undefined {
  return traits[name.replace(/[^a-z]/gi, '').toLowerCase()];
}
