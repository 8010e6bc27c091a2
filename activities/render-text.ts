import { ApplicationFailure } from '@temporalio/activity';
import { renderField } from '../messages/liquid';
import { MessageError } from '../messages/message-error';
import { messageScope } from '../messages/scope';
import type { RenderText } from '../workflows/domain/tasks/render-text';

/** A text that cannot be rendered will not be tomorrow either: a person has to look. */
export const renderText: RenderText = (source, { contact, entry, owner, score, what }) => {
  try {
    return renderField('text', source, messageScope({ contact, entry, owner, score, unsubscribeUrl: '' }));
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw ApplicationFailure.nonRetryable(`${what} cannot be rendered: ${error.message}`, 'render-failed');
  }
};
