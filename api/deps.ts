import type { Logger } from 'pino';
import type { Db } from '../prisma/client';
import type { EndpointTested } from '../workflows/contract/endpoint-test';
import type { CurrentSettings } from '../prisma/stores/current-settings';
import type { JobKind } from '../workflows/contract/jobs';
import type { Limiter } from './forms/limiter';
import type { Visits } from './ingest/visits';

/** The part of the configuration that the API reads; `Config` of config.ts fits it. */
export interface ApiConfig {
  host: string;
  port: number;
  publicUrl: string;
  /** Proxies in front of the API whose word about a client's address counts; none unless said. */
  trustedProxies?: number;
  mail: { kind: 'capture' | 'sendgrid' | 'smtp' };
  sendgridWebhookKeys: string[];
  sms: { kind: 'capture' } | { kind: 'twilio'; authToken: string };
  /** Hosts on which endpoints may stand although their addresses are private. */
  endpointHosts: readonly string[];
  inAppSecret: string | null;
  /** Sites that may read the in-app inbox from a browser. */
  inAppOrigins: readonly string[];
  postalAddress: string | null;
  from: { email: string; name: string } | null;
  /** A development server: fast-forward is offered. */
  development: boolean;
}

/** What an operator may ask of a running enrollment. Every call throws a Problem when it cannot be done. */
export interface JourneyControl {
  skip(workflowId: string): Promise<void>;
  retry(workflowId: string): Promise<void>;
  /** Moves one workflow's clock forward by this many milliseconds. Development server only. */
  fastForward(workflowId: string, byMs: number): Promise<void>;
  /** Starts the workflow of a job; resolves also where it runs already. */
  startJob(kind: JobKind, jobId: string): Promise<void>;
  /** Has a worker call an endpoint once. */
  testEndpoint(key: string): Promise<EndpointTested>;
  /** Rejects when Temporal does not answer. */
  ping(): Promise<void>;
}

/** What an application is made of. */
export interface ApiDeps {
  db: Db;
  config: ApiConfig;
  control: JourneyControl;
  log: Logger;
  now: () => Date;
  /** A browser key for the demonstration site; without it there is none. */
  demoKey?: string | null;
}

/** Everything a handler may use. */
export interface HandlerDeps extends ApiDeps {
  settings: CurrentSettings;
  /** Wakes the pump: call it after events were committed. */
  announceEvents: () => void;
  /** Wakes the dispatcher: call it after a start or a wake-up was written. */
  announceDispatch: () => void;
  /** After a key was revoked: this process looks all of them up again. */
  forgetKeys: () => void;
  visits: Visits;
  formLimit: Limiter;
  countSubmission: (form: string, answer: 'taken' | 'refused' | 'limited' | 'program') => void;
  countEvents: (counts: { accepted: number; duplicates: number; rejected: number }) => void;
}
