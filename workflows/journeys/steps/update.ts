import { z } from 'zod';
import { contactFields, derivedFields } from '../../domain/contact-fields';
import type { Json } from '../../domain/json';
import { plannedUpdate, retagged } from '../../domain/updating/update';
import { didYouMean } from '../problem';
import { json, line } from '../scalars';
import { closed, isMapping, meaning, rule, say } from '../wording';
import { onward, stepParts } from './step-parts';
import { isReference, reference } from './values';

const field = z
  .string()
  .max(200)
  .superRefine((name, context) => {
    const refusal = refusalOf(name);
    if (refusal !== null) context.addIssue({ code: 'custom', message: refusal });
  });

function refusalOf(name: string): string | null {
  if (name === 'email') return say('cannot be set by a journey', 'an address comes from its owner, or from the API');
  if (name === 'traits.tags') return say('is set by `tags`', 'tags: { add: [...], remove: [...] }');
  if (derivedFields.some((derived) => derived === name))
    return say('cannot be set: it follows from the job title', 'set `jobTitle`');
  if (contactFields.some((known) => known === name) || /^traits\.[^.]+$/.test(name)) return null;
  const hint = didYouMean(name, contactFields) ?? `a custom field is \`traits.${name.replace(/^traits\.|\./g, '')}\``;
  return say('is no field of a contact', hint);
}

const plain: z.ZodType<Json> = json.refine((input) => !isMapping(input), {
  error: say(
    'must be text, a number, true, false, a list, or nothing',
    'or a property of the entry event: { entry: path }',
  ),
});
const noTags = { add: [], remove: [] };

const value = z.union([reference, plain], { error: meaning((input) => (isReference(input) ? 0 : 1)) });

const tag = line.max(100);
const tags = closed({
  add: z.array(tag).min(1).max(50).optional().describe('What they have from now on'),
  remove: z.array(tag).min(1).max(50).optional().describe('What they have no more'),
}).check(
  rule(
    ({ add, remove }) => add !== undefined || remove !== undefined,
    say('this changes nothing', 'name tags under `add` or `remove`'),
  ),
  rule(
    ({ add = [], remove = [] }) => retagged(add, { add: [], remove }).length === retagged(add, noTags).length,
    'a tag is both added and removed',
  ),
);

/** Changes fields and tags of the contact. */
export const update = closed({
  ...stepParts,
  kind: z.literal('update'),
  set: z.record(field, value).optional().describe('Field → value; nothing (null) empties it'),
  tags: tags.optional().describe('Tags to add and to remove'),
  ...onward,
}).check(
  rule(
    ({ set = {}, tags: named }) => Object.keys(set).length > 0 || named !== undefined,
    say('this changes nothing', 'add `set` or `tags`'),
  ),
  (found) => {
    if (found.issues.length > 0) return;
    const { refused } = plannedUpdate({ set: found.value.set ?? {}, tags: noTags }, { fields: {}, entry: {} });
    for (const [name, why] of Object.entries(refused)) {
      if (isReference(found.value.set?.[name])) continue;
      found.issues.push({ code: 'custom', message: `does not fit: ${why}`, path: ['set', name], input: found.value });
    }
  },
);

export type UpdateSource = z.infer<typeof update>;
