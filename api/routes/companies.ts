import { z } from 'zod';
import { asciiDomain } from '../../prisma/address';
import { inTransaction } from '../../prisma/client';
import { mergeCompanies } from '../../prisma/stores/companies/merge';
import { createCompany, patchCompany } from '../../prisma/stores/companies/patch';
import { countMembers, getCompany, listCompanies, type CompanyView } from '../../prisma/stores/companies/views';
import { ownDomain, registeredDomain } from '../../workflows/domain/people/company-domain';
import { changedMeanwhile, etagOf } from '../http/etag';
import { json } from '../http/json';
import { pageOf, pageQuery, readPage, toPage, uuidKey } from '../http/paging';
import { invalidField, notFound, Problem } from '../http/problems';
import { created, ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';
import { acceptJob, jobAccepted } from './jobs';
import { originsView } from './origins-view';

const tag = 'Companies';
const params = z.object({ id: z.uuid() });
const shown = z.string().nullable();

const company = z
  .object({
    id: z.uuid(),
    name: shown,
    domain: shown.meta({ description: 'The main one' }),
    domains: z.array(z.string()),
    groupIds: z.array(z.string()),
    industry: shown,
    companySize: shown,
    country: shown,
    targetAccount: z.boolean().nullable(),
    owner: shown,
    traits: z.record(z.string(), z.unknown()),
    origins: originsView,
    enrichedAt: z.iso.datetime().nullable().meta({ description: 'When a provider was last asked' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Company' });
const counted = company.extend({ contacts: z.int() }).meta({ id: 'CompanyWithCount' });

function view({
  fields,
  revision: _,
  groupId: _group,
  enrichedAt,
  createdAt,
  updatedAt,
  origins,
  ...row
}: CompanyView) {
  const said = Object.entries(origins).map(([name, { seq: _seq, ...origin }]) => [name, origin] as const);
  return {
    ...row,
    ...fields,
    origins: Object.fromEntries(said),
    enrichedAt: enrichedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const list = defineRoute({
  method: 'get',
  path: '/v1/companies',
  summary: 'All companies, or those that the filters leave',
  tag,
  scope: 'read',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().max(200).optional().meta({ description: 'Is in the name or the domain' }),
    targetAccount: z.stringbool().optional(),
    owner: z.string().max(500).optional(),
    industry: z.string().max(500).optional().meta({ description: 'As it is stored: a key of the list' }),
  }),
  answers: { 200: pageOf(company) },
  handler: async ({ query }, { db }) => {
    const { limit, after } = readPage(query, uuidKey);
    const { q, targetAccount, owner, industry } = query;
    const rows = await listCompanies(db, { q, targetAccount, owner, industry, after, limit: limit + 1 });
    const page = toPage(rows, limit, ({ id }) => id);
    return ok({ ...page, data: page.data.map(view) });
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/companies/:id',
  summary: 'One company, with the number of its contacts',
  description: 'An id that was merged into another company answers with the other.',
  tag,
  scope: 'read',
  params,
  answers: { 200: { description: 'The company', schema: counted, etag: true } },
  handler: async ({ params }, { db }) => {
    const found = await getCompany(db, params.id);
    if (!found) throw notFound('company');
    const body = { ...view(found), contacts: await countMembers(db, found.id) };
    return withHeaders(ok(body), { ETag: etagOf(found.revision) });
  },
});

const text = z.string().trim().min(1).max(500).nullable();
const domainList = z
  .array(z.string().trim().min(1).max(253))
  .max(100)
  .meta({ description: 'All of them, the main one first' });
const patchBody = z
  .strictObject({
    ...{ name: text, industry: text, companySize: text, country: text, owner: text },
    targetAccount: z.boolean().nullable(),
    traits: z.record(z.string().min(1).max(200), json),
    domains: domainList,
  })
  .partial();

const create = defineRoute({
  method: 'post',
  path: '/v1/companies',
  summary: 'A company before anybody of it is known',
  description: 'Whoever comes with an address at one of its domains is of it, and is filled from it.',
  tag,
  scope: 'operate',
  body: patchBody.extend({ domains: domainList.min(1) }),
  answers: { 201: { description: 'The company', schema: company, etag: true } },
  problems: ['conflict'],
  handler: async ({ body }, { db }) => {
    const { traits = {}, domains, ...fields } = body;
    const made = await createCompany(db, { fields, traits, domains: unique(domains.map(domainAt)) });
    if (made.kind === 'missing') throw notFound('company');
    if (made.kind === 'domain-taken') throw domainTaken(made);
    return withHeaders(created(view(made.company)), { ETag: etagOf(made.company.revision) });
  },
});

function domainTaken({ domain, companyId }: { domain: string; companyId: string }): Problem {
  return new Problem('conflict', `${domain} is of the company ${companyId}: change that one, or merge the two.`);
}

const patch = defineRoute({
  method: 'patch',
  path: '/v1/companies/:id',
  summary: 'Change what is known of a company',
  description:
    'Null empties a field or removes a trait. Its contacts follow where their own fields are empty or came from it; journeys hear of it as `company.updated` and `contact.updated`.',
  tag,
  scope: 'operate',
  params,
  body: patchBody,
  answers: { 200: { description: 'The company', schema: company, etag: true } },
  problems: ['conflict', 'precondition-failed'],
  ifMatch: true,
  handler: async ({ params, body, expected }, { db, announceEvents }) => {
    const { traits = {}, domains, ...fields } = body;
    const named = domains && unique(domains.map(domainAt));
    const patched = await patchCompany(db, params.id, { fields, traits, domains: named, expected });
    switch (patched.kind) {
      case 'missing':
        throw notFound('company');
      case 'changed-meanwhile':
        throw changedMeanwhile();
      case 'domain-taken':
        throw domainTaken(patched);
      case 'patched':
        announceEvents();
        return withHeaders(ok(view(patched.company)), { ETag: etagOf(patched.company.revision) });
    }
  },
});

function domainAt(text: string, index: number): string {
  const domain = registeredDomain(text);
  const ascii = domain === null ? null : asciiDomain(domain);
  if (ascii === null) throw invalidField(['domains', index], 'This is no domain, such as acme.example.');
  if (ownDomain(ascii) === null)
    throw invalidField(['domains', index], 'Anybody may have an address there: it is no domain of a company.');
  return ascii;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

const merge = defineRoute({
  method: 'post',
  path: '/v1/companies/:id/merge',
  summary: 'Make this company and another one: they are the same',
  description:
    'The company in the path stays: it has the domains and groups of both, and its empty fields are filled. The contacts of the other follow; its id leads here. It cannot be undone.',
  tag,
  scope: 'operate',
  params,
  body: z.strictObject({ with: z.uuid().meta({ description: 'The company that goes' }) }),
  answers: { 200: company },
  handler: async ({ params, body }, { db, announceEvents }) => {
    const [stays, goes] = [await getCompany(db, params.id), await getCompany(db, body.with)];
    if (!stays) throw notFound('company');
    if (!goes) throw invalidField(['with'], 'There is no such company.');
    if (goes.id !== stays.id) {
      await inTransaction(db, (tx) => mergeCompanies(tx, { from: goes.id, into: stays.id, hops: 1 }));
      announceEvents();
    }
    const merged = await getCompany(db, stays.id);
    if (!merged) throw notFound('company');
    return ok(view(merged));
  },
});

const enrich = defineRoute({
  method: 'post',
  path: '/v1/companies/enrich',
  summary: 'Ask the enrichment provider about companies',
  description:
    'Those with a domain of which something is missing, or the ones named. Empty fields are filled, nothing is overwritten; what was asked lately is not asked again. The job fails where no provider is configured.',
  tag,
  scope: 'operate',
  body: z.strictObject({ companyIds: z.array(z.uuid()).min(1).max(10_000).optional() }),
  bodyOptional: true,
  answers: jobAccepted,
  handler: ({ body, caller }, deps) =>
    acceptJob(deps, caller, { kind: 'enrich', input: body.companyIds ? { companyIds: body.companyIds } : {} }),
});

export const companyRoutes: readonly Route[] = [list, create, enrich, get, patch, merge];
