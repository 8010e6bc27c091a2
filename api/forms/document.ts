import { z } from 'zod';
import { websiteOrigin } from '../../prisma/stores/website-settings';
import { EVERYTHING, isTopic } from '../../workflows/domain/consent/consent';
import { contactFields } from '../../workflows/domain/contact-fields';
import { askedFields, inputTypes, ownInputs, type FormDocument } from '../../workflows/domain/forms/form';
import { formLanguages } from '../../workflows/domain/forms/words';
import { invalidField, type Problem } from '../http/problems';

const reserved: readonly string[] = Object.values(ownInputs);
const places = ['email', ...askedFields, 'traits.<name>', 'property'];

const field = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,63}$/, 'a letter, then letters, digits, _ and -, at most 64')
      .refine((name) => !reserved.includes(name), 'has a meaning of its own: choose another'),
    label: z.string().min(1).max(200).optional(),
    to: z.string().refine(isPlace, `must be one of ${places.join(', ')}`),
    type: z.enum(inputTypes).default('text'),
    required: z.boolean().default(false),
    options: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    value: z.string().max(500).optional(),
  })
  .refine(({ type, options }) => (type === 'select') === (options !== undefined), {
    path: ['options'],
    error: 'stand in a `select`, and only there',
  })
  .refine(({ type, value }) => (type === 'hidden') === (value !== undefined), {
    path: ['value'],
    error: 'stands in a `hidden` field, and only there',
  })
  .refine(({ to, type }) => to !== 'email' || type === 'email' || type === 'text', {
    path: ['type'],
    error: 'must be `email` or `text`: an address is typed',
  })
  .transform((one) => ({ ...one, label: one.label ?? one.name }));

/** A form as its author writes it. */
export const formDocument = z
  .strictObject({
    name: z.string().min(1).max(200),
    fields: z
      .array(field)
      .min(1)
      .max(50)
      .refine((fields) => new Set(fields.map(({ name }) => name)).size === fields.length, 'each name once')
      .refine(hasOneAddress, 'one field must go `to: email`, and be required: nobody could be found without'),
    topic: z.string().refine(isTopic, 'must be the key of a topic, or * for everything').optional(),
    consentText: z.string().trim().min(1).max(5_000).optional(),
    redirect: z.url({ protocol: /^https?$/ }).optional(),
    origins: z.array(websiteOrigin).min(1, 'name one, or leave it out').max(50).optional(),
    asset: z.string().min(1).max(200).optional(),
    language: z.enum(formLanguages).optional(),
    closed: z.boolean().optional(),
  })
  .refine(({ topic, consentText }) => (topic === undefined) === (consentText === undefined), {
    path: ['consentText'],
    error: 'go together: `topic` is what a consent is about, `consentText` what people read beside the box',
  });

/** What is wrong with a topic that the settings do not have. */
export function topicFault({ topic }: FormDocument, topics: readonly { key: string }[]): Problem | null {
  if (topic === undefined || topic === EVERYTHING || topics.some(({ key }) => key === topic)) return null;
  return invalidField(['topic'], 'The settings have no such topic.');
}

function hasOneAddress(fields: readonly { to: string; required: boolean }[]): boolean {
  const addresses = fields.filter(({ to }) => to === 'email');
  return addresses.length === 1 && addresses.every(({ required }) => required);
}

/** A standard field goes by its name alone: what may not be asked could else be asked as a trait. */
function isPlace(to: string): boolean {
  if (to === 'email' || to === 'property' || askedFields.some((one) => one === to)) return true;
  const trait = /^traits\.(.{1,200})$/.exec(to)?.[1];
  return trait !== undefined && ![...contactFields, 'consent', '__proto__'].includes(trait);
}
