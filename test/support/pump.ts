import { randomUUID } from 'node:crypto';
import pino from 'pino';
import type { Db } from '../../prisma/client';
import { acceptEvents, type NewEvent } from '../../prisma/stores/events';
import { pumpOnce } from '../../activities/pump/pump';
import type { JourneyStart, TemporalPort } from '../../activities/pump/temporal-port';
import type { Wake } from '../../workflows/contract/messages';

export const silent = pino({ level: 'silent' });

/** An event from a server, of `email:ann@example.test` unless told otherwise. */
export function happening(type: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    origin: 'http',
    messageId: randomUUID(),
    type,
    keys: ['email:ann@example.test'],
    properties: {},
    traits: {},
    context: {},
    fromBrowser: false,
    occurredAt: new Date(),
    ...more,
  };
}

/** Accepts events and pumps until nothing is left that can be processed. Answers how many were. */
export async function pumped(db: Db, events: readonly NewEvent[] = []): Promise<number> {
  await acceptEvents(db, events);
  for (let total = 0; ;) {
    const { processed } = await pumpOnce({ db, log: silent });
    if (processed === 0) return total;
    total += processed;
  }
}

/** A Temporal that remembers what it was told, and can be away. */
export class FakeTemporal implements TemporalPort {
  readonly calls: string[] = [];
  readonly open = new Set<string>();
  readonly broken: string[] = [];
  /** Thrown by the next calls, one each. */
  readonly faults: Error[] = [];

  async start({ workflowId }: JourneyStart): Promise<void> {
    this.call(`start ${workflowId}`);
    this.open.add(workflowId);
  }
  async wake(workflowId: string, { visit, outcome }: Wake): Promise<'delivered' | 'not-found'> {
    this.call(`wake ${workflowId} ${visit} ${outcome ?? '-'}`);
    return this.open.has(workflowId) ? 'delivered' : 'not-found';
  }
  async released(workflowId: string): Promise<'delivered' | 'not-found'> {
    this.call(`released ${workflowId}`);
    return this.open.has(workflowId) ? 'delivered' : 'not-found';
  }
  async startJob(kind: string, jobId: string): Promise<void> {
    this.call(`job ${kind} ${jobId}`);
  }
  async brokenSince(): Promise<string[]> {
    return this.broken;
  }
  async isOpen(workflowId: string): Promise<boolean> {
    return this.open.has(workflowId);
  }

  private call(what: string): void {
    this.calls.push(what);
    const fault = this.faults.shift();
    if (fault) throw fault;
  }
}
