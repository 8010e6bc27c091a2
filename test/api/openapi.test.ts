import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response } from 'supertest';
import { templateOf } from '../../api/http/openapi';
import { routes } from '../../api/routes';
import { createApiKey } from '../../prisma/stores/api-keys';
import { testApi, type TestApi } from './harness';
import { aContact, aJourney, aWaitingEnrollment, publishedJourney } from './people';

interface Operation {
  summary: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

describe('the OpenAPI document', () => {
  let api: TestApi;
  let document: Document;
  beforeAll(async () => {
    api = await testApi();
    document = (await api.get('/openapi.json').expect(200)).body;
  });
  afterAll(() => api.drop());

  test('has every route, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const served = routes.map(({ method, path }) => `${method} ${templateOf(path)}`);
    expect(described.sort()).toEqual([...served, 'get /openapi.json', 'get /metrics'].sort());
    expect(new Set(served).size).toBe(served.length);
  });

  test('is OpenAPI 3.1 without dangling references', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  test('names the parameters of every path', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [], summary } of Object.values(item)) {
        expect([summary, parameters.filter((one) => one.in === 'path').map(({ name }) => name)]).toEqual([
          summary,
          inPath,
        ]);
      }
    }
  });

  test('answers are as described', async () => {
    const check = checker(document);
    for (const { template, call } of await tour(api)) check(template, await call());
  });
});

/** Calls with the path as the document writes it; each is answered with the status that the document must have. */
async function tour(api: TestApi): Promise<{ template: string; call: () => PromiseLike<Response> }[]> {
  const versionId = await publishedJourney(api.db, 'tour');
  const contactId = await aContact(api.db, { email: 'tour@x.test', user: 'tour' });
  const journeyKey = 'tour';
  const enrollmentId = await aWaitingEnrollment(api.db, { contactId, journeyKey, versionId });
  const other = await aContact(api.db, { email: 'other@x.test' });
  const of = `contactId=${contactId}`;
  const document = aJourney('toured');
  const path = '/v1/enrollments';
  const bulk = { filter: { state: 'unknown' }, action: 'abandon' };
  const key = await createApiKey(api.db, { name: 'short-lived', scopes: ['read'] });
  return [
    { template: 'get /readyz', call: () => api.get('/readyz') },
    { template: 'post /v1/track', call: () => api.post('/v1/track', { userId: 'tour', event: 'e' }) },
    { template: 'post /v1/track', call: () => api.post('/v1/track', { event: 'e' }) },
    { template: 'post /v1/batch', call: () => api.post('/v1/batch', { batch: [{ type: 'track' }] }) },
    { template: 'get /v1/projects/{writeKey}/settings', call: () => api.get('/v1/projects/nw_x/settings') },
    { template: 'post /v1/contacts/find', call: () => api.post('/v1/contacts/find', { email: 'tour@x.test' }) },
    { template: 'post /v1/contacts/find', call: () => api.post('/v1/contacts/find', { email: 'none@x.test' }) },
    { template: 'get /v1/contacts', call: () => api.get('/v1/contacts') },
    { template: 'get /v1/contacts', call: () => api.get('/v1/contacts?limit=0') },
    { template: 'get /v1/contacts', call: () => api.get('/v1/contacts?segment=customers') },
    { template: 'get /v1/contacts/{id}', call: () => api.get(`/v1/contacts/${contactId}`) },
    { template: 'patch /v1/contacts/{id}', call: () => api.patch(`/v1/contacts/${contactId}`, { traits: { a: [1] } }) },
    { template: 'patch /v1/contacts/{id}', call: () => api.patch(`/v1/contacts/${other}`, { email: 'tour@x.test' }) },
    { template: 'get /v1/contacts/{id}/timeline', call: () => api.get(`/v1/contacts/${contactId}/timeline`) },
    { template: 'get /v1/contacts/{id}/score', call: () => api.get(`/v1/contacts/${contactId}/score`) },
    { template: 'get /v1/tasks', call: () => api.get(`/v1/tasks?${of}`) },
    { template: 'post /v1/tasks', call: () => api.post('/v1/tasks', { contactId, title: 'Call', due: '4 hours' }) },
    { template: 'post /v1/tasks', call: () => api.post('/v1/tasks', { contactId, title: '' }) },
    { template: 'post /v1/contacts/{id}/pause', call: () => api.post(`/v1/contacts/${contactId}/pause`) },
    { template: 'post /v1/contacts/{id}/resume', call: () => api.post(`/v1/contacts/${contactId}/resume`) },
    { template: 'get /v1/journeys', call: () => api.get('/v1/journeys') },
    { template: 'put /v1/journeys/{key}', call: () => api.put('/v1/journeys/toured', { document }) },
    { template: 'put /v1/journeys/{key}', call: () => api.put('/v1/journeys/toured', { document: 'x: 1' }) },
    {
      template: 'put /v1/journeys/{key}',
      call: () => api.put('/v1/journeys/toured', { document }).set('If-Match', '"9"'),
    },
    { template: 'get /v1/journeys/{key}', call: () => api.get('/v1/journeys/toured') },
    {
      template: 'post /v1/journeys/{key}/validate',
      call: () => api.post('/v1/journeys/toured/validate', { document: 'x: 1' }),
    },
    { template: 'post /v1/journeys/{key}/publish', call: () => api.post('/v1/journeys/toured/publish', {}) },
    { template: 'get /v1/journeys/{key}/versions', call: () => api.get('/v1/journeys/toured/versions') },
    {
      template: 'post /v1/journeys/{key}/enrollments',
      call: () => api.post('/v1/journeys/toured/enrollments', { contactId }),
    },
    {
      template: 'post /v1/journeys/{key}/enrollments',
      call: () => api.post('/v1/journeys/toured/enrollments', { contactId }),
    },
    { template: 'post /v1/journeys/{key}/pause', call: () => api.post('/v1/journeys/toured/pause') },
    { template: 'post /v1/journeys/{key}/resume', call: () => api.post('/v1/journeys/toured/resume') },
    {
      template: 'post /v1/journeys/{key}/steps/{stepId}/pause',
      call: () => api.post('/v1/journeys/toured/steps/two-days/pause'),
    },
    { template: 'post /v1/journeys/{key}/archive', call: () => api.post('/v1/journeys/toured/archive') },
    { template: 'post /v1/journeys/{key}/resume', call: () => api.post('/v1/journeys/toured/resume') },
    { template: 'get /v1/journey-schema', call: () => api.get('/v1/journey-schema') },
    { template: 'get /v1/enrollments', call: () => api.get(`${path}?${of}`) },
    { template: 'get /v1/enrollments/{id}', call: () => api.get(`${path}/${enrollmentId}`) },
    { template: 'post /v1/enrollments/{id}/pause', call: () => api.post(`${path}/${enrollmentId}/pause`) },
    {
      template: 'post /v1/enrollments/{id}/fast-forward',
      call: () => api.post(`${path}/${enrollmentId}/fast-forward`, {}),
    },
    { template: 'post /v1/enrollments/{id}/exit', call: () => api.post(`${path}/${enrollmentId}/exit`) },
    { template: 'get /v1/decisions', call: () => api.get(`/v1/decisions?${of}`) },
    { template: 'get /v1/sends', call: () => api.get(`/v1/sends?${of}`) },
    { template: 'post /v1/sends/bulk', call: () => api.post('/v1/sends/bulk', bulk) },
    { template: 'post /v1/sends/bulk', call: () => api.post('/v1/sends/bulk', {}) },
    { template: 'get /v1/api-keys', call: () => api.get('/v1/api-keys') },
    { template: 'post /v1/api-keys', call: () => api.post('/v1/api-keys', { name: 'tour', scopes: ['read'] }) },
    { template: 'delete /v1/api-keys/{id}', call: () => api.delete(`/v1/api-keys/${key.id}`) },
    { template: 'delete /v1/api-keys/{id}', call: () => api.delete(`/v1/api-keys/${contactId}`) },
    { template: 'get /v1/templates', call: () => api.get('/v1/templates') },
    { template: 'get /v1/outbox', call: () => api.get('/v1/outbox') },
    { template: 'get /v1/settings', call: () => api.get('/v1/settings') },
    { template: 'patch /v1/settings', call: () => api.patch('/v1/settings', { unknownSends: 'hold' }) },
    { template: 'post /v1/system/pause', call: () => api.post('/v1/system/pause') },
    { template: 'post /v1/system/resume', call: () => api.post('/v1/system/resume') },
  ];
}

/** Holds an answer to the schema of its status and media type. */
function checker(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: 'doc', components: document.components });
  return (template: string, answer: Response): void => {
    const [method = '', path = ''] = template.split(' ');
    const { content } = document.paths[path]?.[method]?.responses[answer.status] ?? {};
    const described = content?.[answer.type]?.schema;
    const where = `${template} → ${answer.status} ${answer.type}`;
    if (!described) throw new Error(`${where} is not described: ${answer.text}`);
    const local = JSON.parse(JSON.stringify(described).replaceAll('"#/', '"doc#/'));
    const validate = ajv.compile(local);
    if (!validate(answer.body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${answer.text}`);
  };
}
