import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';

export type MailConfig =
  { kind: 'capture' } | { kind: 'sendgrid'; apiKey: string; baseUrl: string | null } | { kind: 'smtp'; url: string };

export type SmsConfig =
  | { kind: 'capture' }
  | {
      kind: 'twilio';
      accountSid: string;
      authToken: string;
      /** A number in E.164, or the sid of a messaging service. */
      from: string;
      baseUrl: string | null;
    };

export interface EnrichmentConfig {
  /** With `{domain}` where the domain of a company goes. */
  url: string;
  key: string | null;
}

export interface TemporalConfig {
  address: string;
  namespace: string;
  apiKey: string | null;
  tls: boolean;
}

/** What a worker or an API process is told. Nothing else reads the environment. */
export interface Config {
  databaseUrl: string;
  temporal: TemporalConfig;
  port: number;
  host: string;
  /** Proxies in front of the API whose word about a client's address counts. */
  trustedProxies: number;
  /** Where mails and browsers reach the API, without a slash at the end. */
  publicUrl: string;
  mail: MailConfig;
  sms: SmsConfig;
  /** Hosts on which chat and webhook endpoints, and the enrichment provider, may stand although their addresses are private. */
  endpointHosts: string[];
  /** Who is asked about companies; null: nobody. */
  enrichment: EnrichmentConfig | null;
  /** Proves who reads the in-app inbox; null: nobody can. */
  inAppSecret: string | null;
  /** Sites that may read the in-app inbox from a browser. */
  inAppOrigins: string[];
  /** Public keys that SendGrid's event webhook may be signed with; two while one replaces the other. */
  sendgridWebhookKeys: string[];
  /**
   * Only these addresses, and whole domains given as `@example.com`, are ever mailed, and only these numbers get SMS.
   * Null: everybody.
   */
  mailOnlyTo: string[] | null;
  postalAddress: string | null;
  from: { email: string; name: string } | null;
  home: string;
  demo: boolean;
  logLevel: string;
  /** The Temporal server is a development one, whose clock may be moved. */
  development: boolean;
}

/** As Config, before `npm start` has found or started the two servers. */
export interface StackConfig extends Omit<Config, 'databaseUrl' | 'temporal' | 'publicUrl'> {
  databaseUrl: string | null;
  temporal: Omit<TemporalConfig, 'address'> & { address: string | null };
  publicUrl: string | null;
  /** PORT was given: then another one will not do. */
  portIsFixed: boolean;
  temporalUiPort: number | null;
  temporalCliPath: string | null;
  searchPath: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not complete:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/** The configuration of one process that joins servers which run already. Throws a ConfigError. */
export function readConfig(env: Environment = process.env): Config {
  const raw = parse(env);
  const missing = (['DATABASE_URL', 'TEMPORAL_ADDRESS'] as const).filter((name) => !raw[name]);
  fail([...missing.map((name) => `${name} is missing`), ...contradictions(raw)]);
  const { DATABASE_URL: databaseUrl = '', TEMPORAL_ADDRESS: address = '' } = raw;
  const common = fromRaw(raw);
  const publicUrl = common.publicUrl ?? `http://127.0.0.1:${common.port}`;
  return {
    ...common,
    databaseUrl,
    temporal: { ...common.temporal, address },
    publicUrl,
    development: raw.NURTURE_DEVELOPMENT,
  };
}

/** All that migrating needs. Throws a ConfigError. */
export function readDatabaseUrl(env: Environment = process.env): string {
  const { DATABASE_URL } = parse({ DATABASE_URL: env.DATABASE_URL });
  if (DATABASE_URL) return DATABASE_URL;
  throw new ConfigError(['DATABASE_URL is missing']);
}

/** The configuration of `npm start`, which brings the servers that are not named. Throws a ConfigError. */
export function readStackConfig(env: Environment = process.env): StackConfig {
  const raw = parse(env);
  fail([...contradictions(raw), ...halfTemporal(raw)]);
  const address = raw.TEMPORAL_ADDRESS ?? null;
  const common = fromRaw(raw);
  return {
    ...common,
    databaseUrl: raw.DATABASE_URL ?? null,
    temporal: { ...common.temporal, address },
    development: raw.NURTURE_DEVELOPMENT || address === null,
    portIsFixed: raw.PORT !== undefined,
    temporalUiPort: raw.TEMPORAL_UI_PORT ?? null,
    temporalCliPath: raw.TEMPORAL_CLI_PATH ?? null,
    searchPath: env.PATH ?? '',
  };
}

const port = z.coerce.number().int().min(0).max(65535);
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const schema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^/\s]+:\d+$/, 'must be host:port')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().optional(),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_UI_PORT: port.optional(),
  TEMPORAL_CLI_PATH: z.string().optional(),
  PORT: port.optional(),
  HOST: z.string().default('127.0.0.1'),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  PUBLIC_URL: url.optional(),
  SENDGRID_API_KEY: z.string().optional(),
  SENDGRID_BASE_URL: url.optional(),
  SENDGRID_WEBHOOK_KEYS: list
    .refine((keys) => keys.every(isPublicKey), 'must be public keys as SendGrid shows them')
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  TWILIO_ACCOUNT_SID: z.string().optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_FROM: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-zA-Z]{2,64})$/,
      'must be a number such as +4915112345678, or the sid of a messaging service',
    )
    .optional(),
  TWILIO_BASE_URL: url.optional(),
  ENDPOINT_HOSTS: list.optional(),
  ENRICHMENT_URL: z
    .string()
    .refine(
      (text) => text.includes('{domain}') && isHttp(text.replaceAll('{domain}', 'domain')),
      'must be a URL such as https://provider.example/companies/{domain}',
    )
    .optional(),
  ENRICHMENT_KEY: z.string().optional(),
  IN_APP_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  IN_APP_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example.com')
    .optional(),
  MAIL_FROM: z.string().transform(mailbox).optional(),
  MAIL_ONLY_TO: list.optional(),
  POSTAL_ADDRESS: z.string().optional(),
  NURTURE_HOME: z.string().default('.nurture'),
  NURTURE_DEMO: flag.optional(),
  NURTURE_DEVELOPMENT: flag.default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
type Raw = z.infer<typeof schema>;

function parse(env: Environment): Raw {
  // A variable set to nothing is what compose files and CI systems make of one that is not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}

function fail(problems: string[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

function fromRaw(raw: Raw): Omit<Config, 'databaseUrl' | 'temporal' | 'publicUrl' | 'development'> & {
  temporal: Omit<TemporalConfig, 'address'>;
  publicUrl: string | null;
} {
  const apiKey = raw.TEMPORAL_API_KEY ?? null;
  return {
    temporal: { namespace: raw.TEMPORAL_NAMESPACE ?? 'default', apiKey, tls: raw.TEMPORAL_TLS ?? apiKey !== null },
    port: raw.PORT ?? 3000,
    host: raw.HOST,
    trustedProxies: raw.TRUSTED_PROXIES,
    publicUrl: raw.PUBLIC_URL ?? null,
    mail: mailOf(raw),
    sms: smsOf(raw),
    endpointHosts: raw.ENDPOINT_HOSTS ?? [],
    enrichment: raw.ENRICHMENT_URL ? { url: raw.ENRICHMENT_URL, key: raw.ENRICHMENT_KEY ?? null } : null,
    inAppSecret: raw.IN_APP_SECRET ?? null,
    inAppOrigins: raw.IN_APP_ORIGINS ?? [],
    sendgridWebhookKeys: raw.SENDGRID_WEBHOOK_KEYS ?? [],
    mailOnlyTo: raw.MAIL_ONLY_TO?.map((entry) => entry.toLowerCase()) ?? null,
    postalAddress: raw.POSTAL_ADDRESS ?? null,
    from: raw.MAIL_FROM ?? null,
    home: resolve(raw.NURTURE_HOME),
    demo: raw.NURTURE_DEMO ?? !(isReal(raw) || raw.TWILIO_ACCOUNT_SID !== undefined),
    logLevel: raw.LOG_LEVEL,
  };
}

function mailOf(raw: Raw): MailConfig {
  if (raw.SENDGRID_API_KEY)
    return { kind: 'sendgrid', apiKey: raw.SENDGRID_API_KEY, baseUrl: raw.SENDGRID_BASE_URL ?? null };
  return raw.SMTP_URL ? { kind: 'smtp', url: raw.SMTP_URL } : { kind: 'capture' };
}

function smsOf(raw: Raw): SmsConfig {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = raw;
  if (!accountSid || !authToken || !from) return { kind: 'capture' };
  return { kind: 'twilio', accountSid, authToken, from, baseUrl: raw.TWILIO_BASE_URL ?? null };
}

/** All of what SMS need, or nothing of it. */
function halfSms(raw: Raw): string[] {
  const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
  const given = ([...names, 'TWILIO_BASE_URL'] as const).filter((name) => raw[name] !== undefined);
  const missing = given.length === 0 ? [] : names.filter((name) => !raw[name]);
  return [
    ...missing.map((name) => `${name} is missing: ${given[0] ?? ''} is set`),
    ...(given.length > 0 && !raw.PUBLIC_URL ? ['PUBLIC_URL is missing: TWILIO_ACCOUNT_SID sends real SMS'] : []),
    ...(given.length > 0 && raw.NURTURE_DEMO === true
      ? ['NURTURE_DEMO=1 and TWILIO_ACCOUNT_SID exclude each other: demo people must not be called']
      : []),
  ];
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
}

function isReal(raw: Raw): boolean {
  return raw.SENDGRID_API_KEY !== undefined || raw.SMTP_URL !== undefined;
}

/** Settings that need another one, or exclude it. */
function contradictions(raw: Raw): string[] {
  const transport = raw.SENDGRID_API_KEY ? 'SENDGRID_API_KEY' : 'SMTP_URL';
  const forReal = (['PUBLIC_URL', 'POSTAL_ADDRESS', 'MAIL_FROM'] as const).filter((name) => isReal(raw) && !raw[name]);
  const withoutKey = (['SENDGRID_BASE_URL', 'SENDGRID_WEBHOOK_KEYS'] as const).filter(
    (name) => raw[name] !== undefined && !raw.SENDGRID_API_KEY,
  );
  const rules: [boolean, string][] = [
    [!!raw.SENDGRID_API_KEY && !!raw.SMTP_URL, 'SENDGRID_API_KEY and SMTP_URL exclude each other: set one'],
    [
      isReal(raw) && raw.NURTURE_DEMO === true,
      `NURTURE_DEMO=1 and ${transport} exclude each other: demo people must not be mailed`,
    ],
    [
      raw.ENRICHMENT_KEY !== undefined && raw.ENRICHMENT_URL === undefined,
      'ENRICHMENT_URL is missing: ENRICHMENT_KEY is set',
    ],
    [raw.MAIL_ONLY_TO?.length === 0, 'MAIL_ONLY_TO names nobody: list addresses or @domains, or leave it out'],
  ];
  return [
    ...forReal.map((name) => `${name} is missing: ${transport} sends real mail`),
    ...withoutKey.map((name) => `SENDGRID_API_KEY is missing: ${name} is set`),
    ...halfSms(raw),
    ...rules.filter(([broken]) => broken).map(([, message]) => message),
  ];
}

/** Base64 of SPKI DER. */
function isPublicKey(key: string): boolean {
  try {
    return createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }).type === 'public';
  } catch {
    return false;
  }
}

/** The server that `npm start` brings has one open namespace and no keys. */
function halfTemporal(raw: Raw): string[] {
  if (raw.TEMPORAL_ADDRESS) return [];
  const names = (['TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS'] as const).filter(
    (name) => raw[name] !== undefined,
  );
  return names.map((name) => `TEMPORAL_ADDRESS is missing: ${name} is set`);
}

/** `Jo at Acme <jo@acme.example>` or a bare address. */
function mailbox(value: string, context: z.RefinementCtx): { email: string; name: string } {
  const [, name = '', address = value] = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(value) ?? [];
  const email = z.email().safeParse(address.trim());
  if (!email.success) context.addIssue({ code: 'custom', message: 'must be an address, or Name <address>' });
  return { email: address.trim(), name };
}
