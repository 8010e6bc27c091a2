import { convert } from 'html-to-text';
import { faultsOf, linksOf, replaceLinks, withoutUnsafeLinks } from './html';
import { htmlLayout, textLayout, type Layout } from './layout';
import { renderField } from './liquid';
import { MessageError } from './message-error';
import type { MessageScope } from './scope';

/** The part of a template version that makes the mail. */
export interface MessageTemplate {
  subject: string;
  html: string;
  text?: string | undefined;
}

export interface RenderedMessage {
  subject: string;
  html: string;
  text: string;
}

export interface RenderInput {
  template: MessageTemplate;
  scope: MessageScope;
  layout: Layout;
  /** Where each link is to lead instead, in the same order: `<publicUrl>/c/<token>`. Without it links stay as they are. */
  track?: (urls: string[]) => Promise<string[]>;
}

const longestSubject = 200;

/**
 * Makes a template into one person's mail: subject, HTML and text, with footer, unsubscribe link and tracked links.
 * @throws MessageError when the template cannot be rendered, or a person's mail would lack what the law wants
 */
export async function renderMessage({ template, scope, layout, track }: RenderInput): Promise<RenderedMessage> {
  demandFooter(layout);
  const subject = oneLine(renderField('subject', template.subject, scope)) || '(no subject)';
  const content = safe(renderField('html', template.html, scope));
  const page = htmlLayout(content, subject, layout);
  const html = track ? await tracked(page, layout.unsubscribeUrl, track) : page;
  return { subject, html, text: textPart(template, { scope, layout, html }) };
}

/** A header of one line: what would begin another one is taken out. */
function oneLine(subject: string): string {
  const line = subject
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= longestSubject ? line : `${characters.slice(0, longestSubject - 1).join('')}…`;
}

/** Data is escaped, so an element that may not be is the author's; a link may be made of a person's data, and goes. */
function safe(html: string): string {
  const faults = faultsOf(html);
  const grave = faults.find((fault) => !fault.isLink);
  if (grave) throw new MessageError({ field: 'html', line: grave.line, message: grave.message });
  return faults.length === 0 ? html : withoutUnsafeLinks(html);
}

async function tracked(
  html: string,
  unsubscribeUrl: string,
  track: NonNullable<RenderInput['track']>,
): Promise<string> {
  const links = linksOf(html, unsubscribeUrl);
  return links.length === 0 ? html : replaceLinks(html, unsubscribeUrl, await track(links));
}

function textPart(
  { text }: MessageTemplate,
  { scope, layout, html }: { scope: MessageScope; layout: Layout; html: string },
): string {
  if (text !== undefined) return textLayout(renderField('text', text, scope), layout);
  return `${convert(html, {
    wordwrap: 80,
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['[', ']'] } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  }).trim()}\n`;
}

function demandFooter({ postalAddress, unsubscribeUrl }: Layout): void {
  if (postalAddress.trim() === '') throw new MessageError({ field: 'html', message: 'the postal address is missing' });
  if (unsubscribeUrl.trim() === '')
    throw new MessageError({ field: 'html', message: 'the unsubscribe link is missing' });
}
