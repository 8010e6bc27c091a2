import { contactFields, derivedFields } from '../contact-fields';
import type { Json, JsonObject } from '../json';
import type { Origins } from '../people/origins';

/** What is said of a person, on one of two records that are the same one. */
export interface Profile {
  /** Standard fields by name; null where empty. */
  fields: Record<string, Json>;
  traits: JsonObject;
  origins: Origins;
  companyId: string | null;
}

export interface MergedProfile {
  profile: Profile;
  /** What the staying record did not have before, as events tell of it: traits as `traits.<name>`. */
  filled: JsonObject;
  /** What the record that goes held, where the one that stays holds something else. */
  kept: JsonObject;
}

/**
 * One profile of two. The staying record's values win, its empty fields are filled. A value that was only concluded,
 * from the company say, gives way to one that somebody said.
 */
export function mergedProfile(stays: Profile, goes: Profile): MergedProfile {
  const taken = new Set<string>(contactFields.filter((name) => takes(stays, goes, name)));
  // Level and field of work follow from the job title, whoever it is from.
  for (const name of derivedFields) if (taken.has('jobTitle')) taken.add(name);
  const fields = Object.fromEntries(contactFields.map((name) => [name, valueOf(taken.has(name) ? goes : stays, name)]));
  const traits = { ...goes.traits, ...stays.traits };
  const companyOf = takesCompany(stays, goes) ? goes : stays;
  if (companyOf === goes) taken.add('companyId');
  const profile = { fields, traits, origins: originsOf(stays, goes, taken), companyId: companyOf.companyId };
  return { profile, filled: changesOf(stays, profile), kept: changesOf(profile, goes) };
}

function takes(stays: Profile, goes: Profile, name: (typeof contactFields)[number]): boolean {
  if (valueOf(goes, name) === null || derivedFields.some((derived) => derived === name)) return false;
  return valueOf(stays, name) === null || (isConcluded(stays, name) && !isConcluded(goes, name));
}

/** The company that a server named wins over one that an address did, whichever record it is of. */
function takesCompany(stays: Profile, goes: Profile): boolean {
  if (goes.companyId === null) return false;
  return stays.companyId === null || (isNamed(goes) && !isNamed(stays));
}

function isNamed({ origins }: Profile): boolean {
  return origins['companyId']?.from === 'group';
}

function valueOf({ fields }: Profile, name: string): Json {
  return fields[name] ?? null;
}

function isConcluded({ origins }: Profile, name: string): boolean {
  return origins[name]?.from !== undefined;
}

/** Of traits too: those that only the record that goes has. */
function originsOf(stays: Profile, goes: Profile, taken: ReadonlySet<string>): Origins {
  const isTaken = (name: string): boolean =>
    taken.has(name) || (name.startsWith('traits.') && !Object.hasOwn(stays.traits, name.slice('traits.'.length)));
  const own = Object.entries(stays.origins).filter(([name]) => !isTaken(name));
  const others = Object.entries(goes.origins).filter(([name]) => isTaken(name));
  return Object.fromEntries([...own, ...others]);
}

/** The values of `to` that `from` has not: fields by name, traits as `traits.<name>`. */
function changesOf(from: Profile, to: Profile): JsonObject {
  const fields = contactFields.flatMap((name) => differing(name, valueOf(from, name), valueOf(to, name)));
  const traits = Object.entries(to.traits).flatMap(([name, value]) =>
    differing(`traits.${name}`, own(from.traits, name), value),
  );
  return Object.fromEntries([...fields, ...traits]);
}

function differing(name: string, before: Json, after: Json): [string, Json][] {
  return after !== null && JSON.stringify(before) !== JSON.stringify(after) ? [[name, after]] : [];
}

function own(values: JsonObject, name: string): Json {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}
