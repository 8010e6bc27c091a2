import type { JsonObject } from '../../../workflows/domain/json';

interface ChatText {
  title: string | null;
  text: string | null;
  url: string | null;
}

/** The longest that a Slack-compatible receiver takes. */
const longest = { header: 150, section: 3_000 };

/** The body of an incoming webhook as Slack reads it; others read `text` alone. */
export function chatPayload({ title, text, url }: ChatText): JsonObject {
  const plain = [title, text, url].filter((part) => part !== null).map(escaped);
  if (title === null && url === null) return { text: plain.join('\n') };
  return { text: plain.join('\n'), blocks: [...header(title), ...section(text), ...button(url)] };
}

function header(title: string | null): JsonObject[] {
  if (title === null) return [];
  return [{ type: 'header', text: { type: 'plain_text', text: title.slice(0, longest.header) } }];
}

function section(text: string | null): JsonObject[] {
  if (text === null) return [];
  return [{ type: 'section', text: { type: 'mrkdwn', text: escaped(text).slice(0, longest.section) } }];
}

function button(url: string | null): JsonObject[] {
  if (url === null || url.startsWith('/')) return [];
  return [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url }] }];
}

/** A person's data must not call a whole channel, or be a link of its own. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
