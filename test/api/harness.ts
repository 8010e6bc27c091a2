import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../api/app';
import type { ApiConfig, ApiDeps, JourneyControl } from '../../api/deps';
import { createApiKey } from '../../prisma/stores/api-keys';
import { faultOf } from './described';
import { freshDatabase, type TestDatabase } from '../support/database';

export interface TestApi extends TestDatabase {
  app: ReturnType<typeof createApp>;
  /** May do everything. */
  serverKey: string;
  /** Stands in a public page. */
  browserKey: string;
  control: FakeControl;
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  put(path: string, body: object): request.Test;
  patch(path: string, body: object): request.Test;
  delete(path: string): request.Test;
}

/** Writes down what it was asked, and does what the test says. */
export interface FakeControl extends JourneyControl {
  calls: string[];
  onCall: (call: string) => Promise<void>;
}

export const testConfig: ApiConfig = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: 'http://127.0.0.1:3000',
  mail: { kind: 'capture' },
  sendgridWebhookKeys: [],
  sms: { kind: 'capture' },
  endpointHosts: ['127.0.0.1'],
  inAppSecret: null,
  inAppOrigins: [],
  postalAddress: '1 Test Street',
  from: { email: 'hello@nurture.test', name: 'Nurture' },
  development: true,
};

const everything = ['ingest', 'read', 'author', 'operate', 'sales', 'admin'];

/** The application over a database of its own, with its two keys. */
export async function testApi(overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const database = await freshDatabase();
  const control = fakeControl();
  const log = pino({ level: 'silent' });
  const app = createApp({ db: database.db, config: testConfig, control, log, now: () => new Date(), ...overrides });
  const { key: serverKey } = await createApiKey(database.db, { name: 'server', scopes: everything });
  const { key: browserKey } = await createApiKey(database.db, { name: 'browser', scopes: ['ingest'] });
  const agent = request(app);
  const bearer = { Authorization: `Bearer ${serverKey}` };
  return {
    ...database,
    app,
    serverKey,
    browserKey,
    control,
    get: (path) => asDescribed(agent.get(path).set(bearer)),
    post: (path, body) => asDescribed(agent.post(path).set(bearer).send(body)),
    put: (path, body) => asDescribed(agent.put(path).set(bearer).send(body)),
    patch: (path, body) => asDescribed(agent.patch(path).set(bearer).send(body)),
    delete: (path) => asDescribed(agent.delete(path).set(bearer)),
  };
}

/** Every answer that a test sees is held to the OpenAPI document. */
function asDescribed(asked: request.Test): request.Test {
  return asked.expect((answer) => {
    const fault = faultOf(asked.method, asked.url, answer);
    if (fault) throw new Error(fault);
  });
}

function fakeControl(): FakeControl {
  const call = async (text: string): Promise<void> => {
    control.calls.push(text);
    await control.onCall(text);
  };
  const control: FakeControl = {
    calls: [],
    onCall: () => Promise.resolve(),
    skip: (id) => call(`skip ${id}`),
    retry: (id) => call(`retry ${id}`),
    fastForward: (id, byMs) => call(`fast-forward ${id} ${byMs}`),
    startJob: (kind, id) => call(`start ${kind} ${id}`),
    testEndpoint: async (key) => {
      await call(`test ${key}`);
      return { outcome: 'accepted', why: null };
    },
    ping: () => Promise.resolve(),
  };
  return control;
}
