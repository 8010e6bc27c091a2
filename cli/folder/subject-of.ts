import { renderField } from '../../messages/liquid';
import { MessageError } from '../../messages/message-error';
import { messageScope } from '../../messages/scope';
import { filledValues } from '../../workflows/domain/entry-values';
import type { EmailStep } from '../../workflows/journeys/graph';
import type { TemplateFile } from '../../workflows/journeys/template-file';
import type { Persona } from '../../workflows/simulation/persona-shape';

/** The subject that this persona would read; null where it cannot be made. */
export function subjectOf(template: TemplateFile, step: EmailStep, { contact, entry }: Persona): string | null {
  const scope = messageScope({
    ...{ contact, entry, variables: template.variables, unsubscribeUrl: 'https://example.com/u/x' },
    with: filledValues(step.with ?? {}, entry),
  });
  try {
    return renderField('subject', template.subject, scope).trim();
  } catch (error) {
    if (error instanceof MessageError) return null;
    throw error;
  }
}
