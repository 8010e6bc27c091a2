import { textFields } from '../contact-fields';

/** What a column may be, beside `traits.<name>`. */
export const targets = [
  'email',
  'externalId',
  ...textFields,
  'targetAccount',
  'consent.topic',
  'consent.text',
  'consent.source',
  'consent.at',
  'consent.state',
  'unsubscribed',
  'skip',
] as const;
export type PlainTarget = (typeof targets)[number];
export type Target = PlainTarget | `traits.${string}`;

/** Column → what it is. */
export type Mapping = Readonly<Record<string, Target>>;

/** What people call them, without case, blanks and marks; the name itself needs no word. */
const words: Partial<Record<PlainTarget, string>> = {
  email: 'mail emailaddress emailadresse mailadresse adressemail correo correoelectronico courriel workemail',
  externalId: 'userid customerid',
  firstName: 'first givenname vorname prenom nombre',
  lastName: 'last surname familyname nachname nom apellido apellidos',
  jobTitle: 'title position role stelle funktion poste puesto cargo berufsbezeichnung',
  company: 'companyname organisation organization account firma unternehmen entreprise societe empresa',
  industry: 'branche secteur sector',
  companySize: 'employees employeecount numberofemployees size mitarbeiter effectif empleados',
  country: 'land pays pais countrycode',
  language: 'sprache langue idioma locale preferredlanguage',
  timezone: 'tz zeitzone',
  phone: 'phonenumber mobile tel telephone telefon telefonnummer telefono mobilephone',
  lifecycleStage: 'stage lifecycle',
  owner: 'contactowner salesowner',
  'consent.topic': 'consent optin topic',
  'consent.text': 'consenttext optintext',
  'consent.source': 'consentsource optinsource',
  'consent.at': 'consentdate consenttime consentedat optindate optintime',
  'consent.state': 'optinstatus subscriptionstatus',
  unsubscribed:
    'unsubscribedat unsubscribetime unsubtime unsubscribedate unsubscribedfromallemail optout optedout emailoptout donotemail abgemeldet abbestellt desabonne desinscrit baja',
};

const known: ReadonlyMap<string, PlainTarget> = new Map([
  ...targets.filter((target) => target !== 'skip').map((target) => [plain(target), target] as const),
  ...Object.entries(words).flatMap(([target, said]) =>
    said.split(' ').map((word) => [word, target as PlainTarget] as const),
  ),
]);

/** What a column seems to be by its name; `skip` where nobody can tell. */
export function guessTarget(column: string): Target {
  const name = column.trim();
  if (isTarget(name)) return name;
  // A trait of a field's name is that field.
  const [, inner] = /^traits\.(.+)$/.exec(name) ?? [];
  if (inner !== undefined) return targets.find((target) => target === inner) ?? 'skip';
  return known.get(plain(name)) ?? 'skip';
}

/** Each system numbers its own records: only whoever has the file knows whose ids these are. */
const anyonesIds: readonly string[] = ['id', 'recordid', 'contactid', 'kundennummer', 'customernumber'];

/** What to say of columns that are skipped and may be ids; JSON of the mapping that takes one. */
export function notesOn(columns: readonly string[], mapping: Mapping): string[] {
  return columns
    .filter((column) => !Object.hasOwn(mapping, column) && anyonesIds.includes(plain(column)))
    .map((column) => {
      const how = JSON.stringify({ [column]: 'externalId' });
      return `${JSON.stringify(column)} is not read, for nobody can tell whose ids these are. If they are the user ids of your application: mapping=${how}`;
    });
}

/** What a column is: as was said, or as its name says. */
export function targetOf(column: string, mapping: Mapping): Target {
  return Object.hasOwn(mapping, column) ? (mapping[column] ?? 'skip') : guessTarget(column);
}

export function isTarget(text: string): text is Target {
  if (targets.some((target) => target === text)) return true;
  const trait = /^traits\.(.{1,200})$/.exec(text)?.[1];
  return trait !== undefined && !notTraits.some((name) => name === trait);
}

/** They have ways of their own, and are no custom traits. */
const notTraits: readonly string[] = [...targets, 'consent', '__proto__'];

function plain(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
