import { isCollection, isMap, isNode, isPair, isScalar, isSeq, visit } from 'yaml';
import type { Document, Node, Pair, Scalar } from 'yaml';
import { type Path, pointer, type Problem } from './problem';

export const liquidHint = 'quote text that begins with `{{`: "{{ contact.firstName }}"';

/** What the parser would make of text, and JSON has not; it refuses all others itself. */
const otherTags = ['timestamp', 'binary', 'set', 'omap', 'pairs'].map((name) => `tag:yaml.org,2002:${name}`);

/** Where a node of the document begins, by letters; null where it has no place in the text. */
export function offsetOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

/** What readers of YAML take for different things, and Liquid without quotes, which YAML takes for a mapping. */
export function yamlTraps(document: Document, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [];
  const add = (node: unknown, { path, message, hint }: { path: Path; message: string; hint: string }) =>
    problems.push({ path: pointer(path), line: lineAt(offsetOf(node) ?? 0), message, hint });
  const checkTag = (node: Node, ancestors: readonly unknown[]) => {
    if (node.tag === undefined || !otherTags.includes(node.tag)) return;
    const name = node.tag.replace('tag:yaml.org,2002:', '!!');
    const path = pathOf([...ancestors, node]);
    add(node, { path, message: `the tag \`${name}\` has no meaning here`, hint: 'leave it out' });
  };
  visit(document, {
    Collection(_key, node, ancestors) {
      checkTag(node, ancestors);
    },
    Pair(_key, pair: Pair, ancestors) {
      const path = pathOf(ancestors);
      if (isCollection(pair.key)) {
        add(pair.key, { path, message: 'a mapping cannot be a key', hint: liquidHint });
        return visit.SKIP;
      }
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        add(pair.key, { path, message: '`<<` merges nothing in YAML 1.2', hint: 'write the keys out' });
      }
      return undefined;
    },
    Scalar(position, node, ancestors) {
      checkTag(node, ancestors);
      if (position === 'key' || node.type !== 'PLAIN') return;
      const trap = trapOf(node);
      if (trap !== null) add(node, { path: pathOf([...ancestors, node]), ...trap });
    },
  });
  return problems;
}

function trapOf({ source = '', value }: Scalar): { message: string; hint: string } | null {
  if (/^(yes|no|on|off)$/i.test(source)) {
    const meant = /^(yes|on)$/i.test(source) ? 'true' : 'false';
    const hint = `write ${meant}, or "${source}" in quotes if the word is meant`;
    return { message: `\`${source}\` is ambiguous`, hint };
  }
  if (/^[-+]?0\d+$/.test(source)) {
    const hint = `write ${Number(source)}, or "${source}" in quotes if the digits are meant`;
    return { message: `\`${source}\` is ambiguous`, hint };
  }
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    /^[-+]?\d+$/.test(source)
  ) {
    return { message: `\`${source}\` is too long for a number`, hint: `write "${source}" in quotes: it is text` };
  }
  return null;
}

/** Where the last of these nodes stands, as its document holds it. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): (string | number)[] => {
    const parent = nodes[index - 1];
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(parent) && !isMap(parent) ? [parent.items.indexOf(node)] : [];
  });
}
