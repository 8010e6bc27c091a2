import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import { type Complaint, type Path, pointer, type Problem } from './problem';
import { isMapping } from './wording';
import { liquidHint, offsetOf, yamlTraps } from './yaml-traps';

/** A document as plain data, and where each part of it stands in the text. */
export interface Source {
  data: unknown;
  /** Line of the deepest part of the path that is there; with `row`, that line of the text that stands there. */
  lineOf(path: Path, row?: number): number | null;
}

export type ReadSource = { ok: true; source: Source } | { ok: false; problems: Problem[] };

const maxCharacters = 256_000;
const maxDepth = 40;
const tooDeep = 'the document is nested too deeply';
/** More would hide the first. */
export const mostProblems = 100;

/** Reads YAML 1.2 or JSON text, or takes data as it is. */
export function readSource(source: string | object): ReadSource {
  const read = typeof source === 'string' ? readText(source) : ({ ok: true, source: fromData(source) } as const);
  if (!read.ok) return read;
  const problem = unfit(read.source.data);
  return problem === null ? read : { ok: false, problems: [located(problem, read.source)] };
}

export function located({ path, row, ...rest }: Complaint, { lineOf }: Pick<Source, 'lineOf'>): Problem {
  return { path: pointer(path), line: lineOf(path, row), ...rest };
}

function fromData(data: object): Source {
  return { data, lineOf: () => null };
}

function readText(text: string): ReadSource {
  if (text.length > maxCharacters) return refused(null, 'the document is longer than 256,000 characters');
  try {
    return readYaml(text);
  } catch (error) {
    // The parser is recursive, and refuses too many aliases by a ReferenceError.
    if (error instanceof RangeError) return refused(null, tooDeep);
    if (error instanceof ReferenceError) return refused(null, 'the document has too many or unknown aliases');
    throw error;
  }
}

function readYaml(text: string): ReadSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', prettyErrors: false, lineCounter: lines, merge: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return refused(null, tooDeep);
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => syntaxProblem(error, text, lineAt(error.pos[0]))),
    ...versionProblem(document),
    ...yamlTraps(document, lineAt),
  ];
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostProblems) };
  return { ok: true, source: { data: document.toJS(), lineOf: lineFinder(document, lineAt) } };
}

function refused(line: number | null, message: string, hint?: string): { ok: false; problems: Problem[] } {
  return { ok: false, problems: [{ path: '', line, message, ...(hint !== undefined && { hint }) }] };
}

function syntaxProblem(error: YAMLError, text: string, line: number): Problem {
  const written = text.split('\n')[line - 1] ?? '';
  const message = error.message.split('\n')[0] ?? error.message;
  return { path: '', line, message: `this is no YAML: ${message}`, ...hintFor(error, written) };
}

function hintFor(error: YAMLError, written: string): { hint?: string } {
  if (/(^|[:\-[,])\s*\{\{/.test(written)) return { hint: liquidHint };
  if (error.code === 'TAB_AS_INDENT' || /^\s*\t/.test(written)) return { hint: 'indent with spaces, not with tabs' };
  if (error.code === 'DUPLICATE_KEY') return { hint: 'each key may stand once in its mapping' };
  if (error.code === 'MULTIPLE_DOCS') return { hint: 'one file, one document: leave out the second `---`' };
  return {};
}

function versionProblem(document: Document): Problem[] {
  const { version, explicit } = document.directives?.yaml ?? {};
  if (explicit !== true || version === '1.2') return [];
  return refused(1, 'the document must be YAML 1.2', 'leave out the %YAML line').problems;
}

function lineFinder(document: Document, lineAt: (offset: number) => number): Source['lineOf'] {
  return (path, row) => {
    let node: unknown = document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const part of path) {
      const found = childAt(isAlias(node) ? node.resolve(document) : node, part);
      if (found === null) break;
      offset = found.offset ?? offset;
      node = found.node;
    }
    const line = lineAt(offset);
    if (row === undefined || !isScalar(node)) return line;
    // The text of a block stands below its `|` or `>`; other text begins where its value does.
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    return lineAt(offsetOf(node) ?? offset) + row - (isBlock ? 0 : 1);
  };
}

function childAt(node: unknown, part: string | number): { node: unknown; offset: number | null } | null {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? null : { node: item, offset: offsetOf(item) };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
  return pair === undefined ? null : { node: pair.value, offset: offsetOf(pair.key) };
}

/** What the database cannot store, and what only an attacker writes. */
function unfit(data: unknown, path: Path = []): Complaint | null {
  if (path.length > maxDepth) return { path, message: `nested deeper than ${maxDepth} levels` };
  if (typeof data === 'string') {
    return /\0|\p{Surrogate}/u.test(data) ? { path, message: 'holds characters that are no text' } : null;
  }
  if (!Array.isArray(data) && !isMapping(data)) return null;
  for (const [key, value] of Object.entries(data)) {
    const inner = [...path, Array.isArray(data) ? Number(key) : key];
    const problem = unfit(key, inner) ?? unfit(value, inner);
    if (problem !== null) return problem;
  }
  return null;
}
