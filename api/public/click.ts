import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { followLink, type Followed } from '../../prisma/stores/clicks';
import { findClickLink } from '../../prisma/stores/links';
import type { HandlerDeps } from '../deps';
import { agentOf } from '../http/agent';
import { isAmong } from '../http/cors';
import { redirect } from '../http/reply';
import { defineRoute } from '../http/route';
import { publicPage } from './page';

/** The token alone decides where it leads: nobody can make a link of ours that leads elsewhere. */
export const clickRoute = defineRoute({
  method: 'get',
  path: '/c/:token',
  summary: 'Follow a link of a mail',
  description:
    'HEAD answers where it leads and records no click: scanners ask so, people do not. The click of what says that it is a program, or only looks ahead, is marked `machine`. To a site of settings.website a person brings the parameter `nrt` along, by which n.js joins the visit to the contact.',
  tag: 'Public pages',
  scope: null,
  params: z.strictObject({ token: z.string() }),
  answers: {
    302: { description: 'To where the link leads' },
    404: { description: 'A page', contentType: 'text/html', schema: z.string() },
  },
  handler: async ({ params: { token }, method, headers }, deps) => {
    const isLook = method === 'HEAD';
    const machine = !isPerson(headers);
    const click = { at: deps.now(), machine };
    const link = isLook ? await findClickLink(deps.db, token) : await followLink(deps.db, token, click);
    if (link === null) {
      const main = '<p>It may have been cut off. Try to open it from the mail once more.</p>';
      return publicPage({ title: 'This link leads nowhere', main, status: 404 });
    }
    if (!isLook) deps.announceEvents();
    const isVisit = !isLook && !machine && (await isOurSite(link.url, deps));
    return redirect(asLocation(isVisit ? await withVisit(link, deps) : link.url));
  },
});

/** As far as a single request can tell. A scanner that passes for a person must also run the script of the page. */
function isPerson(headers: IncomingHttpHeaders): boolean {
  const purpose = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']].join(' ');
  const mode = headers['sec-fetch-mode'] ?? 'navigate';
  return agentOf(headers) === 'browser' && mode === 'navigate' && !/prefetch|preview/i.test(purpose);
}

async function isOurSite(url: string, { settings, config }: HandlerDeps): Promise<boolean> {
  const { recogniseClicks, origins } = (await settings.current()).website;
  if (!recogniseClicks || !URL.canParse(url)) return false;
  const { origin } = new URL(url);
  return origin === new URL(config.publicUrl).origin || isAmong(origins, origin);
}

/** Behind what the author wrote, and before the place in the page. */
async function withVisit({ url, sendId }: Followed, { visits, now }: HandlerDeps): Promise<string> {
  const [page = '', ...place] = url.split('#');
  const visit = `${page.includes('?') ? '&' : '?'}nrt=${await visits.sign(sendId, now())}`;
  return [page + visit, ...place].join('#');
}

/** A header holds ASCII only. */
function asLocation(url: string): string {
  return URL.canParse(url) ? new URL(url).href : encodeURI(url);
}
