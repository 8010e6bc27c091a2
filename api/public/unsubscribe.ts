import { z } from 'zod';
import { unsubscribe } from '../../prisma/stores/unsubscribe';
import { defineRoute } from '../http/route';
import { publicPage } from './page';

const params = z.strictObject({ token: z.string() });
const anyPage = { description: 'A page, the same for every token', contentType: 'text/html', schema: z.string() };

/** Scanners follow the links of a mail: looking changes nothing. The page is the same whether or not the token is ours. */
const showUnsubscribe = defineRoute({
  method: 'get',
  path: '/u/:token',
  summary: 'The page to unsubscribe on',
  tag: 'Public pages',
  scope: null,
  params,
  answers: { 200: anyPage },
  handler: () =>
    publicPage({
      title: 'Unsubscribe',
      main: `<form method="post">
<fieldset>
<legend>Which mail do you no longer want?</legend>
<label><input type="radio" name="from" value="topic" checked> Mail like the one I came from</label>
<label><input type="radio" name="from" value="all"> All mail</label>
</fieldset>
<button type="submit">Unsubscribe</button>
</form>`,
    }),
});

/** From the page, or from a mail program (RFC 8058): urlencoded or multipart, with no cookie and no key. */
const takeUnsubscribe = defineRoute({
  method: 'post',
  path: '/u/:token',
  summary: 'Unsubscribe, by the page or by one click',
  description: 'Takes effect before it answers. The same answer for every token, and the second time.',
  tag: 'Public pages',
  scope: null,
  params,
  bodyKind: 'raw',
  bodyLimit: 20_000,
  answers: { 200: anyPage },
  handler: async ({ params: { token }, body }, { db, announceEvents, announceDispatch, now }) => {
    const form = z.instanceof(Buffer).parse(body).toString('utf8');
    const from = wantsAll(form) ? 'all' : 'topic';
    const oneClick = form.includes('List-Unsubscribe');
    if ((await unsubscribe(db, token, { from, oneClick, at: now() })) === 'done') {
      announceEvents();
      announceDispatch();
    }
    return publicPage({
      title: 'You are unsubscribed',
      main: '<p>It holds from now on. A mail that was already on its way may still arrive.</p>',
    });
  },
});

/** `from=all`, urlencoded or as a part of multipart/form-data. */
function wantsAll(form: string): boolean {
  return new URLSearchParams(form).get('from') === 'all' || /name="from"\r?\n\r?\nall\r?\n/.test(form);
}

export const unsubscribeRoutes = [showUnsubscribe, takeUnsubscribe];
