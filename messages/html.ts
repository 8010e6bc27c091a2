import { Parser } from 'htmlparser2';

/** Elements with no place in a mail: they run, submit, embed, or change where links lead. */
const forbidden = new Set([
  'applet',
  'base',
  'button',
  'embed',
  'form',
  'frame',
  'frameset',
  'iframe',
  'input',
  'math',
  'object',
  'script',
  'select',
  'svg',
  'template',
  'textarea',
]);

/** Attributes that hold an address. */
const addressed = new Set(['href', 'src', 'action', 'formaction', 'background', 'cite', 'longdesc', 'poster', 'data']);

export interface HtmlFault {
  line: number;
  message: string;
  /** A link that is empty or leads where none may: a person's data can cause it. */
  isLink: boolean;
}

/** Elements and addresses that a mail may not have. */
export function faultsOf(html: string): HtmlFault[] {
  const faults: HtmlFault[] = [];
  walk(html, (tag) => {
    const line = html.slice(0, tag.start).split('\n').length;
    if (isForbidden(tag)) faults.push({ line, message: `<${tag.name}> has no place in a mail`, isLink: false });
    for (const [name, value] of Object.entries(tag.attributes)) {
      if (name.startsWith('on')) faults.push({ line, message: `${name} runs code`, isLink: false });
      const fault = addressed.has(name) ? addressFault(name, value) : null;
      if (fault) faults.push({ line, message: `${name} of <${tag.name}> ${fault}`, isLink: true });
    }
  });
  return faults;
}

/** Addresses of the links to follow, in their order: http and https only. */
export function linksOf(html: string, except: string): string[] {
  const links: string[] = [];
  walk(html, (tag) => {
    const href = followed(tag, except);
    if (href !== null) links.push(href);
  });
  return links;
}

/** Leads each link, in the order of `linksOf`, to another address. */
export function replaceLinks(html: string, except: string, replacements: readonly string[]): string {
  let position = 0;
  return rewrite(html, (tag) => {
    if (followed(tag, except) === null) return null;
    const href = replacements[position++];
    return href === undefined ? null : { ...tag.attributes, href };
  });
}

/** Takes away addresses that a mail may not have: what is left is text. */
export function withoutUnsafeLinks(html: string): string {
  return rewrite(html, ({ attributes }) => {
    const all = Object.entries(attributes);
    const safe = all.filter(([name, value]) => !addressed.has(name) || addressFault(name, value) === null);
    return safe.length === all.length ? null : Object.fromEntries(safe);
  });
}

interface Tag {
  name: string;
  attributes: Record<string, string>;
  start: number;
  end: number;
}

function isForbidden({ name, attributes }: Tag): boolean {
  return forbidden.has(name) || (name === 'meta' && attributes['http-equiv']?.trim().toLowerCase() === 'refresh');
}

function followed({ name, attributes: { href } }: Tag, except: string): string | null {
  if (href === undefined || (name !== 'a' && name !== 'area')) return null;
  return /^https?:\/\//i.test(href.trim()) && href.trim() !== except ? href.trim() : null;
}

function addressFault(attribute: string, value: string): string | null {
  // Browsers skip blanks and control characters when they look for the scheme.

  const address = value.replace(/[\u0000-\u0020]/g, '');
  if (address === '') return 'is empty: give the value a default, or put the link into an if';
  if (address.startsWith('#')) return null;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'needs a whole address, with https://';
  const allowed = attribute === 'href' ? ['http', 'https', 'mailto', 'tel'] : ['http', 'https', 'cid'];
  return allowed.includes(scheme) ? null : `may not lead to ${scheme}:`;
}

function walk(html: string, visit: (tag: Tag) => void): void {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => visit({ name, attributes, start: parser.startIndex, end: parser.endIndex }),
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true, recognizeSelfClosing: false },
  );
  parser.end(html);
}

/** Replaces opening tags whose attributes `change` answers anew; every other character stays as it is. */
function rewrite(html: string, change: (tag: Tag) => Record<string, string> | null): string {
  const parts: string[] = [];
  let copied = 0;
  walk(html, (tag) => {
    const attributes = change(tag);
    if (!attributes) return;
    parts.push(html.slice(copied, tag.start), openTag(tag.name, attributes));
    copied = tag.end + 1;
  });
  return parts.join('') + html.slice(copied);
}

function openTag(name: string, attributes: Record<string, string>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeHtml(value)}"`);
  return `<${name}${written.join('')}>`;
}

/** For text and for attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
