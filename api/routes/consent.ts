import { z } from 'zod';
import { addressHash } from '../../prisma/address';
import { listConsents, readLastConsents, readStanding, type ConsentRow } from '../../prisma/stores/consents';
import { getContact, type ContactRow } from '../../prisma/stores/contacts';
import { giveConsent, withdrawConsent } from '../../prisma/stores/say-consent';
import { consentChannels, EVERYTHING, type StandingOptOut } from '../../workflows/domain/consent/consent';
import { personKey } from '../../workflows/domain/sending/opt-out';
import type { HandlerDeps } from '../deps';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { invalidField, notFound, Problem } from '../http/problems';
import { created, ok } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const params = z.object({ id: z.uuid() });
const said = {
  channel: z.enum(consentChannels),
  topic: z.string().meta({ description: 'A topic of the settings, or `*` for everything' }),
  state: z.enum(['given', 'withdrawn']),
  text: z.string().nullable().meta({ description: 'What they were shown' }),
  source: z.string().nullable().meta({ description: 'The form, file or system that says so' }),
  at: z.iso.datetime(),
};
const consent = z.object({ id: z.uuid(), ...said }).meta({ id: 'Consent' });
const standing = z.object({
  standing: z
    .array(z.object(said))
    .meta({ description: 'The last word on each channel and topic; what bars mail in fact are the opt-outs' }),
  optOuts: z.array(
    z.object({
      scope: z.string().meta({ description: '`global` or `topic:<topic>`' }),
      reason: z.string(),
      at: z.iso.datetime(),
    }),
  ),
});

const list = defineRoute({
  method: 'get',
  path: '/v1/contacts/:id/consent',
  summary: 'What a contact agreed to and took back',
  description: 'The ledger, newest first, as it was written down; what stands is beside it on every page.',
  tag: 'Contacts',
  scope: 'read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(consent).extend(standing.shape).meta({ id: 'ConsentPage' }) },
  handler: async ({ params: { id }, query }, deps) => {
    const contact = await demand(deps, id);
    const { limit, after } = readPage(query, uuidKey);
    const rows = await listConsents(deps.db, contact.id, { after, limit: limit + 1 });
    const page = toPage(rows, limit, (row) => row.id);
    return ok({ ...page, data: page.data.map(view), ...(await standingOf(deps, contact)) });
  },
});

async function standingOf({ db }: HandlerDeps, { id, fields: { email } }: ContactRow) {
  const last = await readLastConsents(db, id);
  const optOuts = await readStanding(db, [personKey(id), ...(typeof email === 'string' ? [addressHash(email)] : [])]);
  return {
    standing: last.map((row) => {
      const { id: _, ...rest } = view(row);
      return rest;
    }),
    optOuts: onceEach(optOuts).map(({ scope, reason, at }) => ({ scope, reason, at: new Date(at).toISOString() })),
  };
}

/** The same stands at the address and at the person: as of when it was said last. */
function onceEach(optOuts: readonly StandingOptOut[]): StandingOptOut[] {
  const latest = [...optOuts].sort((a, b) => b.at - a.at);
  return latest.filter(
    ({ scope, reason }, i) => latest.findIndex((one) => one.scope === scope && one.reason === reason) === i,
  );
}

function view({ at, ...row }: ConsentRow) {
  return { ...row, at: at.toISOString() };
}

const body = z.strictObject({
  topic: z.string().max(64),
  channel: z.enum(consentChannels).default('email'),
  state: z.enum(['given', 'withdrawn']).default('given'),
  text: z.string().trim().min(1).max(5_000).nullable().default(null),
  source: z.string().trim().min(1).max(200).nullable().default(null),
  at: z.iso.datetime({ offset: true }).optional().meta({ description: 'When they said so, if not now' }),
});

const say = defineRoute({
  method: 'post',
  path: '/v1/contacts/:id/consent',
  summary: 'Write down that a contact agreed, or took it back',
  description: [
    'A consent ends what the person themselves unsubscribed from before they gave it, about the same topic; `*` ends all of that. It never ends a bounce or a complaint.',
    'To take back is to unsubscribe: at once, with everything that follows from it.',
  ].join('\n\n'),
  tag: 'Contacts',
  scope: 'operate',
  params,
  body,
  answers: {
    201: z.object({ lifted: z.array(z.string()).meta({ description: 'Scopes of the opt-outs that it ended' }) }),
  },
  problems: ['not-found', 'not-allowed-now'],
  handler: async ({ params: { id }, body: { state, at: givenAt, ...asked } }, deps) => {
    const contact = await demand(deps, id);
    await demandTopic(deps, asked.topic);
    const at = givenAt === undefined ? deps.now() : new Date(givenAt);
    if (at > deps.now()) throw invalidField(['at'], 'Nobody has said so yet.');
    const write = state === 'given' ? giveConsent : withdrawConsent;
    const outcome = await write(deps.db, contact.id, { ...asked, at });
    if (outcome.kind === 'missing') throw notFound('contact');
    if (outcome.kind === 'busy') throw new Problem('not-allowed-now', 'A mail is being sent to them: try again.');
    deps.announceEvents();
    deps.announceDispatch();
    return created({ lifted: outcome.lifted });
  },
});

async function demandTopic({ settings }: HandlerDeps, topic: string): Promise<void> {
  const { topics } = await settings.current();
  if (topic === EVERYTHING || topics.some(({ key }) => key === topic)) return;
  throw invalidField(['topic'], `There is no topic ${JSON.stringify(topic)} in the settings.`);
}

async function demand({ db }: HandlerDeps, id: string): Promise<ContactRow> {
  const contact = await getContact(db, id);
  if (!contact) throw notFound('contact');
  return contact;
}

export const consentRoutes: readonly Route[] = [list, say];
