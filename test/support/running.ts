import type { PostgresServer } from '../../stack/postgres';
import type { TemporalServer } from '../../stack/temporal';

interface Running {
  dir?: string;
  postgres?: PostgresServer;
  temporal?: TemporalServer;
}

declare global {
  // Set-up and tear-down of jest share nothing but the global object.
  var nurtureTestServers: Running | undefined;
}

export const running: Running = (globalThis.nurtureTestServers ??= {});
