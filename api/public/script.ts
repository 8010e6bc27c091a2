import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { websiteScript } from '../../website/build';
import type { WebsiteSettings } from '../../prisma/stores/website-settings';
import { defineRoute } from '../http/route';

/** How long a browser may go by the settings of before. */
const MAX_AGE_S = 300;

interface Made {
  code: string;
  gzipped: Buffer;
  etag: string;
}

const made = new Map<string, Made>();

/** The script with the rules that hold now: there are only a few of them. */
async function scriptOf({ cookies, privacySignals }: WebsiteSettings): Promise<Made> {
  const rules = JSON.stringify({ cookies, privacySignals });
  const known = made.get(rules);
  if (known) return known;
  const code = `${await websiteScript()}(${rules});\n`;
  const etag = `"${createHash('sha256').update(code).digest('base64url').slice(0, 22)}"`;
  const one = { code, gzipped: gzipSync(code, { level: 9 }), etag };
  made.set(rules, one);
  return one;
}

export const scriptRoute = defineRoute({
  method: 'get',
  path: '/n.js',
  summary: 'The script for a website',
  description:
    'Named in a page as `<script async src="…/n.js" data-key="<browser key>"></script>`. See docs/website.md.',
  tag: 'Website',
  scope: null,
  cors: true,
  answers: {
    200: { description: 'JavaScript', contentType: 'text/javascript', schema: z.string() },
    304: { description: 'As it was' },
  },
  handler: async ({ headers }, { settings }) => {
    const { code, gzipped, etag } = await scriptOf((await settings.current()).website);
    const caching = {
      ETag: etag,
      'Cache-Control': `public, max-age=${MAX_AGE_S}`,
      Vary: 'Accept-Encoding',
    };
    if (isNamed(headers['if-none-match'], etag)) return { status: 304, headers: caching };
    const type = 'text/javascript; charset=utf-8';
    if (!/\bgzip\b/.test(headers['accept-encoding']?.toString() ?? '')) {
      return { status: 200, headers: caching, text: { type, content: code } };
    }
    return { status: 200, headers: { ...caching, 'Content-Encoding': 'gzip' }, text: { type, content: gzipped } };
  },
});

/** Whoever compresses on the way makes a tag weak; it is the same script. */
function isNamed(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
