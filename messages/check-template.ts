import type { JsonObject } from '../workflows/domain/json';
import { faultsOf } from './html';
import { examplePostalAddress } from './layout';
import { renderField, type Field } from './liquid';
import { asProblem, type TemplateProblem } from './message-error';
import { renderMessage, type MessageTemplate } from './render-message';
import { contactFields } from '../workflows/domain/contact-fields';
import { emptyScope, isKnownPath, type MessageScope } from './scope';
import { variableProblems } from './variables';

export interface CheckedTemplate extends MessageTemplate {
  variables?: JsonObject | undefined;
}

/** Gmail cuts longer mails, and the unsubscribe link with them. */
const longestHtml = 102_000;

/** Everything that would go wrong at night: what this finds is never published. */
export async function checkTemplate(template: CheckedTemplate): Promise<TemplateProblem[]> {
  const fields: [Field, string][] = [
    ['subject', template.subject],
    ['html', template.html],
    ...(template.text === undefined ? [] : [['text', template.text] satisfies [Field, string]]),
  ];
  const problems = [
    ...subjectProblems(template.subject),
    ...fields.flatMap(([field, source]) =>
      variableProblems({ field, source, isKnown: (path) => isKnownPath(path, template.variables) }),
    ),
  ];
  return problems.length > 0 ? problems : renderProblems(template);
}

function subjectProblems(subject: string): TemplateProblem[] {
  if (!/[\u0000-\u001f\u007f\u2028\u2029]/.test(subject)) return [];
  return [{ field: 'subject', line: 1, message: 'a subject is one line: a line break would begin another header' }];
}

/** Once for a person of whom nothing is known, once for one with data that must do no harm. */
async function renderProblems(template: CheckedTemplate): Promise<TemplateProblem[]> {
  try {
    const scopes = [emptyScope(template.variables), hostileScope(template.variables)];
    const problems = scopes.flatMap((scope) => contentProblems(template, scope));
    if (problems.length > 0) return unique(problems);
    const layout = { postalAddress: examplePostalAddress, unsubscribeUrl: 'https://example.com/u/x' };
    const rendered = await Promise.all(scopes.map((scope) => renderMessage({ template, scope, layout })));
    const bytes = Math.max(...rendered.map(({ html }) => Buffer.byteLength(html)));
    if (bytes <= longestHtml) return [];
    return [{ field: 'html', message: `${bytes} bytes with the footer: mail programs cut after ${longestHtml}` }];
  } catch (error) {
    return [asProblem(error)];
  }
}

function contentProblems(template: CheckedTemplate, scope: MessageScope): TemplateProblem[] {
  const isEmpty = scope.contact.firstName === null;
  const problems: TemplateProblem[] = [];
  for (const { line, message, isLink } of faultsOf(renderField('html', template.html, scope))) {
    // What hostile data makes of a link is taken out when the mail is made.
    if (isEmpty || !isLink) problems.push({ field: 'html', line, message });
  }
  if (isEmpty && renderField('subject', template.subject, scope).trim() === '') {
    problems.push({ field: 'subject', line: 1, message: 'is empty for a person of whom nothing is known' });
  }
  if (isEmpty && renderField('html', template.html, scope).trim() === '') {
    problems.push({ field: 'html', line: 1, message: 'is empty for a person of whom nothing is known' });
  }
  return problems;
}

function hostileScope(variables: JsonObject | undefined): MessageScope {
  const scope = emptyScope(variables);
  const value = '<script>alert(1)</script>"\r\nBcc: x@example.com';
  const fields = Object.fromEntries(contactFields.map((name) => [name, value]));
  return { ...scope, contact: { ...scope.contact, ...fields } };
}

function unique(problems: TemplateProblem[]): TemplateProblem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}
