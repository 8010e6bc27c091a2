import { z } from 'zod';
import { followLink } from '../../prisma/stores/clicks';
import { redirect } from '../http/reply';
import { defineRoute } from '../http/route';
import { publicPage } from './page';

/** The token alone decides where it leads: nobody can make a link of ours that leads elsewhere. */
export const clickRoute = defineRoute({
  method: 'get',
  path: '/c/:token',
  summary: 'Follow a link of a mail',
  tag: 'Public pages',
  scope: null,
  params: z.strictObject({ token: z.string() }),
  answers: {
    302: { description: 'To where the link leads' },
    404: { description: 'A page', contentType: 'text/html', schema: z.string() },
  },
  handler: async ({ params: { token } }, { db, announceEvents, now }) => {
    const url = await followLink(db, token, now());
    if (url === null) {
      const main = '<p>It may have been cut off. Try to open it from the mail once more.</p>';
      return publicPage({ title: 'This link leads nowhere', main, status: 404 });
    }
    announceEvents();
    return redirect(asLocation(url));
  },
});

/** A header holds ASCII only. */
function asLocation(url: string): string {
  return URL.canParse(url) ? new URL(url).href : encodeURI(url);
}
