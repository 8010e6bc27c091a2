import { host } from './given';
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

interface Listening {
  /** Null where nothing may be stored. */
  idOf: () => string | null;
  tell: (form: string, traits: Bag) => void;
}

/** Forms marked `data-nurture-form`. Those that lead to us say who sits there; of others we tell what is known by name. */
export function watchForms({ idOf, tell }: Listening): void {
  // Before the page's own listeners, which often keep the browser from sending it and empty it.
  const isFirst = { capture: true };
  const look = ({ target }: Event) => {
    if (!(target instanceof HTMLFormElement)) return;
    const name = target.dataset.nurtureForm;
    if (target.action.startsWith(`${host}/f/`)) sign(target, idOf());
    else if (name !== undefined) tell(name || target.id || target.name || 'form', fieldsOf(target));
  };
  addEventListener('submit', look, isFirst);
}

function sign(form: HTMLFormElement, id: string | null): void {
  const field = form.querySelector<HTMLInputElement>('input[name=anonymousId]') ?? document.createElement('input');
  Object.assign(field, { type: 'hidden', name: 'anonymousId', value: id ?? '' });
  if (id) form.append(field);
  else field.remove();
}

/** Only fields whose names say what they hold, or that are marked `data-nurture="jobTitle"`; `""` leaves one out. */
export function fieldsOf(form: HTMLFormElement): Bag {
  const found: Bag = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    const trait = field.dataset.nurture ?? traitOf(field.name) ?? traitOf(field.autocomplete);
    const isSecret = /^(password|hidden|file|checkbox|radio)$/.test(field.type);
    if (trait && !isSecret && field.value.trim()) found[trait] = field.value.trim();
  }
  return found;
}

function traitOf(name: string): string | undefined {
  return traits[name.replace(/[^a-z]/gi, '').toLowerCase()];
}
