import { z } from 'zod';
import { formAt, getForm, type StoredForm } from '../../prisma/stores/forms';
import { acceptEvents } from '../../prisma/stores/events';
import { escapeHtml } from '../../messages/html';
import { readAnswers, type AnswerFault, type Answers } from '../../workflows/domain/forms/answers';
import { isByProgram, ownInputs } from '../../workflows/domain/forms/form';
import type { HandlerDeps } from '../deps';
import { faultsHtml, formHtml } from '../forms/html';
import { isJson, readInputs } from '../forms/inputs';
import { Limiter } from '../forms/limiter';
import { isAddress, submissionEvent } from '../forms/submission';
import { isAmong } from '../http/cors';
import { notFound, Problem, pointerTo } from '../http/problems';
import { ok, type Reply, withHeaders } from '../http/reply';
import { defineRoute, type Route, type RouteRequest } from '../http/route';
import { publicPage } from './page';

/** Of one form, from one address, within a minute. */
const MOST = 20;
const limiter = new Limiter(MOST);

const params = z.strictObject({ form: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/) });
const anyPage = { description: 'A page', contentType: 'text/html', schema: z.string() };

const show = defineRoute({
  method: 'get',
  path: '/f/:form',
  summary: 'A form as a page of its own',
  tag: 'Public pages',
  scope: null,
  params,
  answers: { 200: anyPage },
  handler: async ({ params: { form: key } }, deps) => {
    const form = await demand(deps, key);
    const main = formHtml(form.document, {
      action: actionOf(deps, key),
      revision: form.revision,
      at: deps.now().getTime(),
    });
    return formPage(form, { title: escapeHtml(form.document.name), main });
  },
});

const submit = defineRoute({
  method: 'post',
  path: '/f/:form',
  summary: 'Send a form',
  description: [
    'From a plain HTML form (urlencoded or multipart; files are left out) or as JSON. A page answers a form, JSON answers a script (`Content-Type` or `Accept: application/json`); with `redirect` the form leads there (303).',
    'What they answer fills what is empty about them; it never changes an address, owner or stage of somebody known, and never joins two known people. The event is `form.submitted`. A consent is taken when `_consent` is ticked, with the text that stood there.',
    `At most ${MOST} a minute of one form from one address, in each API process.`,
  ].join('\n\n'),
  tag: 'Public pages',
  scope: null,
  cors: 'website',
  params,
  bodyKind: 'raw',
  bodyLimit: 64 * 1024,
  answers: { 200: anyPage, 303: { description: 'On to the page that the form names' }, 400: anyPage },
  problems: ['forbidden', 'rate-limited'],
  handler: async (request, deps) => {
    const form = await demand(deps, request.params.form);
    await demandOrigin(form, request, deps);
    demandPatience(form, request, deps);
    const inputs = await readInputs(z.instanceof(Buffer).parse(request.body), request.headers['content-type']);
    if (!isByProgram(inputs, deps.now().getTime())) {
      const answers = readAnswers(form.document, inputs);
      const faults = [...answers.faults, ...addressFault(form, answers)];
      if (faults.length > 0) return refused(form, { request, deps, inputs, faults });
      await store(form, { request, deps, inputs, answers });
    }
    return thanks(form, request);
  },
});

interface Sent {
  request: FormRequest;
  deps: HandlerDeps;
  inputs: Record<string, string>;
}
type FormRequest = Pick<RouteRequest<{ form: string }, undefined, undefined>, 'headers' | 'address'>;

async function store(form: StoredForm, { request, deps, inputs, answers }: Sent & { answers: Answers }): Promise<void> {
  const { db, now, announceEvents, countEvents } = deps;
  const { key, document } = form;
  const shown = await shownTo(deps, form, inputs[ownInputs.revision]);
  const referrer = request.headers.referer?.slice(0, 2_000) ?? null;
  const event = submissionEvent({ key, document, shown, answers, inputs, referrer, at: now() });
  const fresh = await acceptEvents(db, [event]);
  countEvents({ accepted: fresh.size, duplicates: 1 - fresh.size, rejected: 0 });
  announceEvents();
}

/** A page that was copied long ago shows an earlier revision: its words are what they agreed to. */
async function shownTo({ db }: HandlerDeps, form: StoredForm, said: string | undefined) {
  const revision = Number(said ?? form.revision);
  const isEarlier = Number.isInteger(revision) && revision > 0 && revision < form.revision;
  const document = isEarlier ? await formAt(db, form.key, revision) : null;
  return document ? { document, revision } : { document: form.document, revision: form.revision };
}

function addressFault({ document: { fields } }: StoredForm, { email, faults }: Answers): AnswerFault[] {
  const field = fields.find(({ to }) => to === 'email');
  if (!field || email === null || faults.some((fault) => fault.field === field.name)) return [];
  return isAddress(email) ? [] : [{ field: field.name, detail: 'is not an e-mail address' }];
}

function thanks({ document: { redirect } }: StoredForm, { headers }: FormRequest): Reply {
  if (wantsJson(headers)) return ok({ ok: true, ...(redirect !== undefined && { redirect }) });
  if (redirect !== undefined) return { status: 303, headers: { Location: redirect, 'Cache-Control': 'no-store' } };
  return publicPage({ title: 'Thank you', main: '<p>We have received it.</p>' });
}

function refused(form: StoredForm, { request, deps, inputs, faults }: Sent & { faults: AnswerFault[] }): Reply {
  if (wantsJson(request.headers)) {
    const errors = faults.map(({ field, detail }) => ({ in: 'body' as const, pointer: pointerTo([field]), detail }));
    throw new Problem('validation-failed', undefined, { errors });
  }
  const { document, revision } = form;
  const again = formHtml(document, { action: actionOf(deps, form.key), revision, filled: { inputs, faults } });
  const main = `${faultsHtml(document, faults)}\n${again}`;
  return formPage(form, { title: `Please check: ${escapeHtml(document.name)}`, main, status: 400 });
}

function wantsJson(headers: FormRequest['headers']): boolean {
  return isJson(headers['content-type']) || /\bapplication\/json\b/.test(headers.accept ?? '');
}

/** The browser also asks the policy about where the answer leads. */
function formPage({ document: { redirect } }: StoredForm, shown: Parameters<typeof publicPage>[0]): Reply {
  const reply = publicPage(shown);
  if (redirect === undefined) return reply;
  const policy = reply.headers?.['Content-Security-Policy'] ?? '';
  const wider = policy.replace("form-action 'self'", `form-action 'self' ${new URL(redirect).origin}`);
  return withHeaders(reply, { 'Content-Security-Policy': wider });
}

/** A page may hide where it comes from: this keeps strays out, not attackers. */
async function demandOrigin(
  { document }: StoredForm,
  { headers: { origin } }: FormRequest,
  { settings, config }: HandlerDeps,
): Promise<void> {
  const origins = document.origins ?? (await settings.current()).website.origins;
  if (origin === undefined || origin === 'null' || origins.length === 0) return;
  if (isAmong(origins, origin) || origin === new URL(config.publicUrl).origin) return;
  throw new Problem('forbidden', 'This form may not be sent from pages of this origin.');
}

function demandPatience({ key }: StoredForm, { address }: FormRequest, { now }: HandlerDeps): void {
  const waitS = limiter.take(`${key}\n${address}`, now().getTime());
  if (waitS === null) return;
  throw new Problem('rate-limited', 'Try again in a minute.', { headers: { 'Retry-After': String(waitS) } });
}

function actionOf({ config }: HandlerDeps, key: string): string {
  return `${config.publicUrl}/f/${key}`;
}

async function demand({ db }: HandlerDeps, key: string): Promise<StoredForm> {
  const form = await getForm(db, key);
  if (!form) throw notFound('form');
  return form;
}

export const publicFormRoutes: readonly Route[] = [show, submit];
