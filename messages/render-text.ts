import type { RenderText } from '../workflows/domain/tasks/render-text';
import { renderField } from './liquid';
import { messageScope } from './scope';

/**
 * An author's Liquid as one person's text: a task's title or note.
 * @throws MessageError when it cannot be rendered
 */
export const renderText: RenderText = (source, { contact, entry, owner, score }) =>
  renderField('text', source, messageScope({ contact, entry, owner, score, unsubscribeUrl: '' }));
