import { escapeHtml } from './html';

export interface Layout {
  /** Of the sender: the law wants it in every mail. */
  postalAddress: string;
  unsubscribeUrl: string;
  /** Language of the copy. */
  language?: string;
}

/** In the footer while no real mail is sent and nobody has named one. */
export const examplePostalAddress = 'Example Ltd, 1 Example Street, Example City';

/** A whole page around the content: one narrow column that mail programs agree on, and the footer. */
export function htmlLayout(content: string, subject: string, layout: Layout): string {
  const closing = /<\/body\s*>/i.exec(content);
  if (closing) return content.slice(0, closing.index) + footer(layout) + content.slice(closing.index);
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(layout.language ?? 'en')}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(subject)}</title>`,
    '</head>',
    '<body style="margin:0;padding:0;background:#ffffff;color:#1f2933">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">',
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px"><tr><td align="left" style="padding:24px;${font};font-size:16px;line-height:1.5">`,
    content,
    '</td></tr></table>',
    '</td></tr></table>',
    footer(layout),
    '</body>',
    '</html>',
  ].join('\n');
}

export function textLayout(content: string, { postalAddress, unsubscribeUrl }: Layout): string {
  return `${content.trim()}\n\n--\n${postalAddress}\nUnsubscribe: ${unsubscribeUrl}\n`;
}

const font = 'font-family:Arial,Helvetica,sans-serif';

function footer({ postalAddress, unsubscribeUrl }: Layout): string {
  const address = escapeHtml(postalAddress).replaceAll('\n', '<br>');
  const link = `<a href="${escapeHtml(unsubscribeUrl)}" style="color:#52606d">Unsubscribe</a>`;
  return [
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">',
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px"><tr><td align="left" style="padding:16px 24px 32px;${font};font-size:13px;line-height:1.5;color:#52606d">`,
    `${address}<br>${link}`,
    '</td></tr></table>',
    '</td></tr></table>',
  ].join('\n');
}
