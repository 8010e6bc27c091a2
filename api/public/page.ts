import { createHash } from 'node:crypto';
import type { FormLanguage } from '../../workflows/domain/forms/words';
import { page, withHeaders, type Reply } from '../http/reply';

const style = `body{margin:0;background:#f5f7fa;color:#1f2933;font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:10vh auto;padding:2rem;background:#fff;border-radius:.5rem}
h1{margin-top:0;font-size:1.5rem}
fieldset{margin:0 0 1.5rem;padding:0;border:0}
legend{padding:0 0 .5rem}
label{display:block;padding:.375rem 0}
button{padding:.75rem 1.25rem;border:0;border-radius:.375rem;background:#1f5fbf;color:#fff;font:inherit;cursor:pointer}
p>input,p>select,p>textarea{display:block;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #7b8794;border-radius:.25rem;font:inherit}
p>span{color:#ab091e}
[role=alert]{margin-bottom:1.5rem;padding-left:1rem;border-left:4px solid #ab091e}
button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible{outline:3px solid #f0b429;outline-offset:2px}`;

const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
};

interface PageShown {
  title: string;
  main: string;
  status?: number;
  lang?: FormLanguage | undefined;
}

/** A small page without scripts. `title` and `main` are HTML of ours: what comes from elsewhere is escaped in it. */
export function publicPage({ title, main, status = 200, lang = 'en' }: PageShown): Reply {
  const html = `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
  return withHeaders(page(html, status), headers);
}
