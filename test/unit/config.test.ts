import { ConfigError, readConfig, readDatabaseUrl, readStackConfig, type Environment } from '../../config';

const webhookKey =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa4FsYBtH2fXzLOjSSnj5Ggqu5dvClxsHhjc5TopWkoa/EIDWG0tUhgeLfpNQfjFakWHqJU+/NSjFIWouOoW8ug==';

const joined = { DATABASE_URL: 'postgresql://db/nurture', TEMPORAL_ADDRESS: 'temporal:7233' };
const real = {
  ...joined,
  SENDGRID_API_KEY: 'SG.key',
  PUBLIC_URL: 'https://go.acme.example/',
  POSTAL_ADDRESS: '1 High Street, London',
  MAIL_FROM: 'Jo at Acme <jo@acme.example>',
};

function problems(read: (env: Environment) => unknown, env: Environment): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('a stack needs no settings at all', () => {
  expect(readStackConfig({})).toMatchObject({
    databaseUrl: null,
    temporal: { address: null, namespace: 'default', apiKey: null, tls: false },
    mail: { kind: 'capture' },
    port: 3000,
    portIsFixed: false,
    demo: true,
    development: true,
    mailOnlyTo: null,
  });
});

test('a process names both servers it misses', () => {
  expect(problems(readConfig, {})).toEqual(['DATABASE_URL is missing', 'TEMPORAL_ADDRESS is missing']);
});

test('migrating asks for the database alone', () => {
  expect(readDatabaseUrl({ ...joined, TEMPORAL_ADDRESS: undefined })).toBe('postgresql://db/nurture');
  expect(problems(readDatabaseUrl, {})).toEqual(['DATABASE_URL is missing']);
});

test('a process may not move the clock unasked', () => {
  expect(readConfig(joined).development).toBe(false);
  expect(readConfig({ ...joined, NURTURE_DEVELOPMENT: '1' }).development).toBe(true);
});

test('variables set to nothing are absent', () => {
  expect(readStackConfig({ SMTP_URL: '', PORT: ' ', NURTURE_DEMO: '' })).toMatchObject({
    mail: { kind: 'capture' },
    port: 3000,
    demo: true,
  });
});

test('a real transport reads all its settings', () => {
  expect(readConfig({ ...real, MAIL_ONLY_TO: 'Ann@Acme.example, @trial.example' })).toMatchObject({
    mail: { kind: 'sendgrid', apiKey: 'SG.key', baseUrl: null },
    publicUrl: 'https://go.acme.example',
    postalAddress: '1 High Street, London',
    from: { email: 'jo@acme.example', name: 'Jo at Acme' },
    mailOnlyTo: ['ann@acme.example', '@trial.example'],
    demo: false,
  });
});

test.each(['PUBLIC_URL', 'POSTAL_ADDRESS', 'MAIL_FROM'])('a real transport without %s does not start', (name) => {
  expect(problems(readConfig, { ...real, [name]: undefined })).toEqual([
    `${name} is missing: SENDGRID_API_KEY sends real mail`,
  ]);
});

test('SMTP needs the same three', () => {
  expect(problems(readStackConfig, { SMTP_URL: 'smtp://mail.acme.example' })).toHaveLength(3);
});

test.each([
  ['two transports', { ...real, SMTP_URL: 'smtp://m' }, /exclude each other/],
  ['demo people with real mail', { ...real, NURTURE_DEMO: '1' }, /NURTURE_DEMO/],
  ['webhook keys alone', { ...joined, SENDGRID_WEBHOOK_KEYS: webhookKey }, /SENDGRID_API_KEY is missing/],
  ['a key for no provider', { ...joined, ENRICHMENT_KEY: 'k' }, /ENRICHMENT_URL is missing/],
  ['a provider without a place for the domain', { ...joined, ENRICHMENT_URL: 'https://p.example' }, /^ENRICHMENT_URL/],
  ['a webhook key that is none', { ...joined, SENDGRID_WEBHOOK_KEYS: 'k' }, /^SENDGRID_WEBHOOK_KEYS/],
  ['an empty list of recipients', { ...real, MAIL_ONLY_TO: ',' }, /MAIL_ONLY_TO/],
  ['a port beyond the last', { ...joined, PORT: '70000' }, /^PORT/],
  ['a public URL without scheme', { ...joined, PUBLIC_URL: 'acme.example' }, /^PUBLIC_URL/],
  ['a sender without address', { ...real, MAIL_FROM: 'Jo' }, /^MAIL_FROM/],
  ['an address without port', { ...joined, TEMPORAL_ADDRESS: 'temporal' }, /^TEMPORAL_ADDRESS/],
])('%s is refused', (_, env, message) => {
  expect(problems(readConfig, env)).toEqual([expect.stringMatching(message)]);
});

test.each(['TEMPORAL_API_KEY', 'TEMPORAL_NAMESPACE'])('%s without an address is refused', (name) => {
  expect(problems(readStackConfig, { [name]: 'x' })).toEqual([`TEMPORAL_ADDRESS is missing: ${name} is set`]);
});

test('an API key brings TLS', () => {
  expect(readConfig({ ...joined, TEMPORAL_API_KEY: 'k' }).temporal.tls).toBe(true);
});

test('no secret appears in an error', () => {
  const env = { ...joined, SENDGRID_API_KEY: 'SG.secret', DATABASE_URL: 'mysql://u:hunter2@h/d' };
  expect(problems(readConfig, env).join()).not.toMatch(/SG\.secret|hunter2/);
});

const sms = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+15005550006' };

test('SMS leave when their account is named', () => {
  const config = readConfig({ ...joined, ...sms, PUBLIC_URL: 'https://go.acme.example' });
  expect(config.sms).toEqual({
    ...{ kind: 'twilio', accountSid: 'AC1', authToken: 'token', from: '+15005550006', baseUrl: null },
  });
  expect(config.demo).toBe(false);
  expect(readConfig(joined).sms).toEqual({ kind: 'capture' });
});

test.each<[string, Environment, string[]]>([
  [
    'half of an account',
    { TWILIO_ACCOUNT_SID: 'AC1', PUBLIC_URL: 'https://go.acme.example' },
    ['TWILIO_AUTH_TOKEN is missing: TWILIO_ACCOUNT_SID is set', 'TWILIO_FROM is missing: TWILIO_ACCOUNT_SID is set'],
  ],
  ['no way back', sms, ['PUBLIC_URL is missing: TWILIO_ACCOUNT_SID sends real SMS']],
  [
    'demo people',
    { ...sms, PUBLIC_URL: 'https://go.acme.example', NURTURE_DEMO: '1' },
    ['NURTURE_DEMO=1 and TWILIO_ACCOUNT_SID exclude each other: demo people must not be called'],
  ],
  [
    'no number',
    { ...sms, TWILIO_FROM: '0151' },
    ['TWILIO_FROM: must be a number such as +4915112345678, or the sid of a messaging service'],
  ],
  ['a short secret', { IN_APP_SECRET: 'short' }, ['IN_APP_SECRET: must have at least 32 characters']],
  [
    'no origin',
    { IN_APP_ORIGINS: 'https://app.example.com/inbox' },
    ['IN_APP_ORIGINS: must be origins such as https://app.example.com'],
  ],
])('%s is a problem', (_, env, expected) => {
  expect(problems(readConfig, { ...joined, ...env })).toEqual(expected);
});

test('a provider of facts about companies may be named', () => {
  const url = 'https://provider.example/companies/{domain}';
  expect(readConfig(joined).enrichment).toBeNull();
  expect(readConfig({ ...joined, ENRICHMENT_URL: url, ENRICHMENT_KEY: 'k' }).enrichment).toEqual({ url, key: 'k' });
});
