import { v4 } from 'uuid';
import { z } from 'zod';
import { formAt, type StoredForm } from '../../prisma/stores/forms';
import { acceptEvents } from '../../prisma/stores/events';
import { readAnswers, type AnswerFault, type Answers } from '../../workflows/domain/forms/answers';
import { isByProgram, ownInputs, type FormDocument } from '../../workflows/domain/forms/form';
import { wordsOf } from '../../workflows/domain/forms/words';
import type { HandlerDeps } from '../deps';
import { demandForm, formKey } from '../forms/demand';
import { readInputs } from '../forms/inputs';
import { MOST_SUBMISSIONS } from '../forms/limiter';
import { isAddress, submissionEvent } from '../forms/submission';
import { maySendFrom } from '../http/cors';
import { Problem, pointerTo } from '../http/problems';
import { ok, type Reply } from '../http/reply';
import { defineRoute, type Route, type RouteRequest } from '../http/route';
import { formPage, problemPage, refusedPage, thanksPage, wantsJson } from './form-pages';

const params = z.strictObject({ form: formKey });
const anyPage = { description: 'A page', contentType: 'text/html', schema: z.string() };

const show = defineRoute({
  method: 'get',
  path: '/f/:form',
  summary: 'A form as a page of its own',
  tag: 'Public pages',
  scope: null,
  params,
  answers: { 200: anyPage },
  problems: ['gone'],
  problemPage,
  handler: async ({ params: { form: key } }, deps) => {
    const { document, revision } = await demandOpen(deps, key);
    return formPage(document, { revision, at: deps.now().getTime(), id: v4() });
  },
});

const submit = defineRoute({
  method: 'post',
  path: '/f/:form',
  summary: 'Send a form',
  description: [
    'From a plain HTML form (urlencoded or multipart; files are left out) or as JSON. A page answers a form, JSON answers a script (`Content-Type` or `Accept: application/json`); with `redirect` the form leads there (303).',
    'What they answer fills what is empty about them; it never changes an address, owner or stage of somebody known, and never joins two known people. The event is `form.submitted`. A consent is taken when `_consent` is ticked, with the text that stood there. With `_revision` it is read as the form was then.',
    `At most ${MOST_SUBMISSIONS} a minute of one form from one address, in each API process.`,
  ].join('\n\n'),
  tag: 'Public pages',
  scope: null,
  // Which pages may send is the form's to say, and asked of what they send.
  cors: true,
  params,
  bodyKind: 'raw',
  bodyLimit: 64 * 1024,
  answers: { 200: anyPage, 303: { description: 'On to the page that the form names' }, 400: anyPage },
  problems: ['forbidden', 'gone', 'rate-limited'],
  problemPage,
  handler: async (request, deps) => {
    const form = await demandOpen(deps, request.params.form);
    await demandOrigin(form, request, deps);
    demandPatience(form, request, deps);
    const inputs = await readInputs(z.instanceof(Buffer).parse(request.body), request.headers['content-type']);
    if (isByProgram(inputs, deps.now().getTime())) {
      deps.countSubmission(form.key, 'program');
      return thanks(form, request);
    }
    const shown = await shownTo(deps, form, inputs[ownInputs.revision]);
    const answers = readAnswers(shown.document, inputs);
    const faults = [...answers.faults, ...addressFault(shown.document, answers)];
    deps.countSubmission(form.key, faults.length > 0 ? 'refused' : 'taken');
    if (faults.length > 0) return refused(shown, { request, inputs, faults });
    await store(form, { request, deps, inputs, shown, answers });
    return thanks(form, request);
  },
});

/** What they saw, which may be an earlier revision of the form. */
type Shown = Pick<StoredForm, 'document' | 'revision'>;
type FormRequest = Pick<RouteRequest<{ form: string }, undefined, undefined>, 'headers' | 'address'>;
interface Sent {
  request: FormRequest;
  inputs: Record<string, string>;
}

async function store(
  { key, document }: StoredForm,
  { request, deps, ...sent }: Sent & { deps: HandlerDeps; shown: Shown; answers: Answers },
): Promise<void> {
  const { db, now, announceEvents, countEvents } = deps;
  const referrer = request.headers.referer?.slice(0, 2_000) ?? null;
  const event = submissionEvent({ key, document, ...sent, referrer, at: now() });
  const fresh = await acceptEvents(db, [event]);
  countEvents({ accepted: fresh.size, duplicates: 1 - fresh.size, rejected: 0 });
  announceEvents();
}

/** A page that was copied long ago has the fields of then, and its words are what they agreed to. */
async function shownTo({ db }: HandlerDeps, form: StoredForm, said: string | undefined): Promise<Shown> {
  const revision = Number(said ?? form.revision);
  const isEarlier = Number.isInteger(revision) && revision > 0 && revision < form.revision;
  const document = isEarlier ? await formAt(db, form.key, revision) : null;
  return document ? { document, revision } : form;
}

function addressFault(document: FormDocument, { email, faults }: Answers): AnswerFault[] {
  const field = document.fields.find(({ to }) => to === 'email');
  if (!field || email === null || faults.some((fault) => fault.field === field.name)) return [];
  return isAddress(email) ? [] : [{ field: field.name, detail: wordsOf(document).noAddress }];
}

function thanks({ document }: StoredForm, { headers }: FormRequest): Reply {
  const { redirect } = document;
  if (wantsJson(headers)) return ok({ ok: true, ...(redirect !== undefined && { redirect }) });
  if (redirect !== undefined) return { status: 303, headers: { Location: redirect, 'Cache-Control': 'no-store' } };
  return thanksPage(document);
}

function refused({ document, revision }: Shown, { request, inputs, faults }: Sent & { faults: AnswerFault[] }): Reply {
  if (wantsJson(request.headers)) {
    const errors = faults.map(({ field, detail }) => ({ in: 'body' as const, pointer: pointerTo([field]), detail }));
    throw new Problem('validation-failed', undefined, { errors });
  }
  return refusedPage(document, { revision, id: inputs[ownInputs.id] || v4(), inputs, faults });
}

async function demandOrigin(
  { document }: StoredForm,
  { headers }: FormRequest,
  { settings, config }: HandlerDeps,
): Promise<void> {
  const origins = document.origins ?? (await settings.current()).website.origins;
  if (maySendFrom(headers, origins, config)) return;
  throw new Problem('forbidden', 'This form may not be sent from pages of this origin.');
}

function demandPatience({ key }: StoredForm, { address }: FormRequest, deps: HandlerDeps): void {
  const waitS = deps.formLimit.take({ what: key, address, at: deps.now().getTime() });
  if (waitS === null) return;
  deps.countSubmission(key, 'limited');
  throw new Problem('rate-limited', 'Try again in a minute.', { headers: { 'Retry-After': String(waitS) } });
}

async function demandOpen(deps: HandlerDeps, key: string): Promise<StoredForm> {
  const form = await demandForm(deps, key);
  if (form.document.closed) throw new Problem('gone', 'This form is closed.');
  return form;
}

export const publicFormRoutes: readonly Route[] = [show, submit];
