import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

let installed = false;

/** The SDK's own logging goes where ours goes. One runtime a process: the first logger stays. */
export function installRuntime(log: Logger): void {
  if (installed) return;
  installed = true;
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => log[methods[level]](idsOf(meta), message));
  Runtime.install({
    logger,
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}

const methods = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;
const names = ['workflowId', 'runId', 'activityType', 'taskQueue', 'attempt'];

/** Ids only: what else the SDK attaches may quote payloads. */
function idsOf(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta ?? {}).filter(([name]) => names.includes(name)));
}
