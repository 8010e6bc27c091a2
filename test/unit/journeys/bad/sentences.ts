import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const workflows = join(__dirname, '../../../../workflows');

/** They speak to editors, of mails and of segments, or not at all. */
const forOthers = ['json-schema.ts', 'template-file.ts', 'check-condition.ts', 'defaults.ts'];

export interface Sentence {
  /** `file:line` */
  place: string;
  /** As it stands in the code, `…` for what is filled in. */
  text: string;
  /** Whether a problem says this. */
  saidIn: (problem: string) => boolean;
}

/** Every sentence of the code that reads, checks and compiles a kind of document: what it may say to an author. */
export function sentences(kind: 'journeys' | 'scoring-model' = 'journeys'): Sentence[] {
  const folder = join(workflows, kind);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('catalog') && !forOthers.includes(file),
  );
  return files.flatMap((file) => sentencesOf(file, readFileSync(join(folder, file), 'utf8')));
}

function sentencesOf(file: string, code: string): Sentence[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];
  const visit = (node: ts.Node): void => {
    if (isForOthers(node)) return;
    if (isDescription(node)) return visit(node.expression);
    const parts = partsOf(node);
    if (parts === null || !parts.some((part) => / [a-z]/i.test(part))) {
      node.forEachChild(visit);
      return;
    }
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const pattern = new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'), 's');
    found.push({ place: `${file}:${line}`, text: parts.join('…'), saidIn: (problem) => pattern.test(problem) });
  };
  source.forEachChild(visit);
  return found;
}

/** Errors that no author can cause. */
function isForOthers(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return true;
  return ts.isNewExpression(node) && node.expression.getText().endsWith('Error');
}

/** What editors show about a key stands in the arguments. */
function isDescription(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  return node.expression.name.text === 'describe';
}

function partsOf(node: ts.Node): string[] | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
}
