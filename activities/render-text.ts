import { ApplicationFailure } from '@temporalio/activity';
import { MessageError } from '../messages/message-error';
import { renderText as render } from '../messages/render-text';
import type { RenderText } from '../workflows/domain/tasks/render-text';

/** A text that cannot be rendered will not be tomorrow either: a person has to look. */
export const renderText: RenderText = (source, about) => {
  try {
    return render(source, about);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw ApplicationFailure.nonRetryable(`${about.what} cannot be rendered: ${error.message}`, 'render-failed');
  }
};
