import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../config';

const ROOT = join(__dirname, '../..');
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  restart: z.enum(['unless-stopped', 'on-failure']),
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
    .optional(),
});
const file = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
const { services } = file;
const ours = Object.entries(services).filter(([, { build }]) => build);

/** What compose makes of `${NAME:-default}` and `${NAME:?message}`. */
function filledIn(environment: Record<string, string | number>, given: Record<string, string>): Record<string, string> {
  const fill = (value: string) =>
    value.replace(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name: string, rest: string) => given[name] ?? rest);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}

test('every process and both servers are there', () => {
  expect(Object.keys(services).sort()).toEqual(['api', 'migrate', 'postgres', 'temporal', 'temporal-ui', 'worker']);
  expect(ours.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'worker']);
});

test.each(ours)('%s runs what npm runs', (name, { command }) => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  expect(command?.join(' ')).toBe(scripts[name]);
});

test.each(ours)('%s is configured without real mail', (_, { environment }) => {
  expect(readConfig(filledIn(environment, { POSTGRES_PASSWORD: 'p' }))).toMatchObject({
    databaseUrl: 'postgresql://nurture:p@postgres:5432/nurture',
    temporal: { address: 'temporal:7233', namespace: 'default' },
    host: '0.0.0.0',
    mail: { kind: 'capture' },
  });
});

test('real mail needs its three settings', () => {
  const { environment } = services.api!;
  const given = {
    POSTGRES_PASSWORD: 'p',
    SENDGRID_API_KEY: 'SG.k',
    PUBLIC_URL: 'https://a.example',
    POSTAL_ADDRESS: 'x',
  };
  expect(() => readConfig(filledIn(environment, given))).toThrow('MAIL_FROM is missing');
});

test('conditions name services that can meet them', () => {
  for (const { depends_on = {} } of Object.values(services)) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      if (condition === 'service_healthy') expect(services[name]).toHaveProperty('healthcheck');
      else expect([condition, services[name]?.restart]).toEqual(['service_completed_successfully', 'on-failure']);
    }
  }
});

test('nothing is open beyond this machine', () => {
  const ports = Object.values(services).flatMap((each) => each.ports ?? []);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});
