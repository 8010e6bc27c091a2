import { escapeHtml } from './html';
import { renderField } from './liquid';
import type { MessageScope } from './scope';

/** The texts of a step that has them itself. All are Liquid. */
export interface TextTemplate {
  title?: string | undefined;
  text?: string | undefined;
  url?: string | undefined;
}

export interface TextMessage {
  title: string | null;
  text: string | null;
  url: string | null;
}

const longestSubject = 120;

/**
 * Renders what is not a mail.
 * @throws MessageError when a text cannot be rendered
 */
export function renderTextMessage({ title, text, url }: TextTemplate, scope: MessageScope): TextMessage {
  const rendered = (source: string | undefined, field: 'subject' | 'text'): string | null =>
    source === undefined ? null : renderField(field, source, scope).trim() || null;
  return {
    title: oneLine(rendered(title, 'subject')),
    text: rendered(text, 'text'),
    url: safeUrl(rendered(url, 'text')),
  };
}

/** A note to staff as a mail: the first line is the subject, and there is no footer to leave by. */
export function noteMail(text: string): { subject: string; html: string; text: string } {
  const first = oneLine(text.split('\n', 1)[0] ?? '') ?? 'Note';
  const subject = first.length <= longestSubject ? first : `${first.slice(0, longestSubject - 1)}…`;
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`);
  return { subject, html: paragraphs.join('\n'), text: `${text}\n` };
}

function oneLine(text: string | null): string | null {
  return text && (text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim() || null);
}

/** A person's data may have made something else of a link: then there is none. */
function safeUrl(url: string | null): string | null {
  if (url === null || /[\u0000-\u0020\u007f]/.test(url)) return null;
  if (/^\/(?![/\\])/.test(url)) return url;
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;
}
