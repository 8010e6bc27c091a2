import { z } from 'zod';
import type { Graph } from '../journeys/graph';
import { complaintsOf } from '../journeys/issues';
import { type Complaint, didYouMean, listed, type Problem } from '../journeys/problem';
import { located, readSource } from '../journeys/source';
import { persona } from './persona';
import type { Persona } from './persona-shape';

export type ReadPersonas = { ok: true; personas: Persona[] } | { ok: false; problems: Problem[] };

const personas = z.array(persona).min(1).max(100);

/** Reads one persona or a list of them: YAML 1.2, JSON or data. What they do must be possible in this journey. */
export function readPersonas(source: string | object, graph: Graph): ReadPersonas {
  const read = readSource(source);
  if (!read.ok) return read;
  const { data } = read.source;
  const isList = Array.isArray(data);
  const parsed = personas.safeParse(isList ? data : [data]);
  const complaints = parsed.success
    ? parsed.data.flatMap((one, index) => checkDeeds(one, index, graph))
    : complaintsOf(parsed.error.issues, isList ? data : [data]);
  const problems = complaints.map((complaint) => located(isList ? complaint : ofTheOne(complaint), read.source));
  return parsed.success && problems.length === 0 ? { ok: true, personas: parsed.data } : { ok: false, problems };
}

/** A persona that stands alone is no list: the first part of the path is ours. */
function ofTheOne({ path, ...rest }: Complaint): Complaint {
  return { ...rest, path: path.slice(1) };
}

function checkDeeds({ does }: Persona, index: number, { steps }: Graph): Complaint[] {
  const messages = Object.values(steps).flatMap(({ id, kind }) => (kind === 'email' || kind === 'message' ? [id] : []));
  return does.flatMap((deed, number) => {
    if (!('event' in deed) || deed.of === undefined || messages.includes(deed.of)) return [];
    return [
      {
        path: [index, 'does', number, 'of'],
        message: `no step \`${deed.of}\` sends a message`,
        hint: didYouMean(deed.of, messages) ?? `messages: ${listed(messages)}`,
      },
    ];
  });
}
