import { checkTemplate } from '../../messages/check-template';
import type { TemplateProblem } from '../../messages/message-error';
import { complaintsOf } from '../../workflows/journeys/issues';
import { located, readSource } from '../../workflows/journeys/source';
import { templateFile, type TemplateFile } from '../../workflows/journeys/template-file';
import { findingOf, type Finding } from './finding';
import type { SourceFile } from './read-folder';

export type CheckedTemplate = { template: TemplateFile; findings: [] } | { template: null; findings: Finding[] };

/** Reads a template and finds what the server would refuse when it is published. */
export async function checkTemplateFile({ path: file, text }: SourceFile): Promise<CheckedTemplate> {
  const read = readSource(text);
  if (!read.ok) return { template: null, findings: read.problems.map((problem) => findingOf(file, problem)) };
  const { source } = read;
  const parsed = templateFile.safeParse(source.data);
  if (!parsed.success) {
    const complaints = complaintsOf(parsed.error.issues, source.data);
    return { template: null, findings: complaints.map((complaint) => findingOf(file, located(complaint, source))) };
  }
  const problems = await checkTemplate(parsed.data);
  if (problems.length === 0) return { template: parsed.data, findings: [] };
  const findings = problems.map((problem) => {
    const place = located({ path: [problem.field], message: problem.message }, source);
    return findingOf(file, { ...place, line: lineIn(text, place.line, problem) });
  });
  return { template: null, findings };
}

/** Lines of a block of text begin below its key; text on the key's line is on that line. */
function lineIn(text: string, line: number | null, { line: within = 1 }: TemplateProblem): number | null {
  if (line === null) return null;
  const isBlock = /[|>][+-]?\d*\s*$/.test(text.split('\n')[line - 1] ?? '');
  return isBlock ? line + within : line + within - 1;
}
