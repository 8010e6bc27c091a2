import { z } from 'zod';
import { textFault } from '../http/text';
import { Problem } from '../http/problems';

/** What a browser or a script sent, input by input. Of several of a name the last counts; files are left out. */
export async function readInputs(body: Buffer, contentType = ''): Promise<Record<string, string>> {
  const inputs = await inputsOf(body, contentType);
  for (const [name, value] of Object.entries(inputs)) {
    const fault = textFault(name) ?? textFault(value);
    if (fault) throw new Problem('bad-request', fault);
  }
  return inputs;
}

/** A program may send its numbers and flags as such. */
const json = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

async function inputsOf(body: Buffer, contentType: string): Promise<Record<string, string>> {
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  if (isJson(contentType)) return fromJson(body);
  if (type.trim() === 'multipart/form-data') return fromMultipart(body, contentType);
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

export function isJson(contentType = ''): boolean {
  // A script that cannot ask for permission before it sends says that it sends plain text.
  return /^(application\/json|text\/plain)\b/i.test(contentType.trim());
}

function fromJson(body: Buffer): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Problem('invalid-json');
  }
  const parsed = json.safeParse(value);
  if (!parsed.success) throw new Problem('bad-request', 'The body must be an object of texts, numbers and flags.');
  const entries = Object.entries(parsed.data).map(([name, one]) => [name, one === null ? '' : String(one)]);
  return Object.fromEntries(entries) as Record<string, string>; // pairs of texts, as made above
}

async function fromMultipart(body: Buffer, contentType: string): Promise<Record<string, string>> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return Object.fromEntries([...form].filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    throw new Problem('bad-request', 'The body is not multipart/form-data.');
  }
}
