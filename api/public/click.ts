import { z } from 'zod';
import { followLink } from '../../prisma/stores/clicks';
import { findClickLink } from '../../prisma/stores/links';
import type { HandlerDeps } from '../deps';
import { redirect } from '../http/reply';
import { defineRoute } from '../http/route';
import { publicPage } from './page';

/** The token alone decides where it leads: nobody can make a link of ours that leads elsewhere. */
export const clickRoute = defineRoute({
  method: 'get',
  path: '/c/:token',
  summary: 'Follow a link of a mail',
  description: 'HEAD answers where it leads and records no click: scanners ask so, people do not.',
  tag: 'Public pages',
  scope: null,
  params: z.strictObject({ token: z.string() }),
  answers: {
    302: { description: 'To where the link leads' },
    404: { description: 'A page', contentType: 'text/html', schema: z.string() },
  },
  handler: async ({ params: { token }, method }, { db, announceEvents, now }) => {
    const isLook = method === 'HEAD';
    const url = isLook ? await whereTo(db, token) : await followLink(db, token, now());
    if (url === null) {
      const main = '<p>It may have been cut off. Try to open it from the mail once more.</p>';
      return publicPage({ title: 'This link leads nowhere', main, status: 404 });
    }
    if (!isLook) announceEvents();
    return redirect(asLocation(url));
  },
});

async function whereTo(db: HandlerDeps['db'], token: string): Promise<string | null> {
  return (await findClickLink(db, token))?.url ?? null;
}

/** A header holds ASCII only. */
function asLocation(url: string): string {
  return URL.canParse(url) ? new URL(url).href : encodeURI(url);
}
