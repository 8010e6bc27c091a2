import { join } from 'node:path';
import { findTemporalBinary } from '../../stack/temporal-binary';
import { setting } from './environment';

export interface TestTemporal {
  /** host:port of the server that all test files share: use ids and task queues of your own. */
  address: string;
  /** Prometheus text; the server's own `action` counter is there. */
  metricsUrl: string;
}

/** Throws in test folders for which the set-up starts no Temporal (unit, api). */
export function testTemporal(): TestTemporal {
  return { address: setting('temporal'), metricsUrl: setting('temporalMetrics') };
}

/** The same binary, and the same cache, as `npm start` uses. */
export function testTemporalBinary(): Promise<string> {
  const { TEMPORAL_CLI_PATH, PATH = '', NURTURE_HOME = join(__dirname, '../../.nurture') } = process.env;
  const cacheDir = join(NURTURE_HOME, 'bin');
  return findTemporalBinary({ cliPath: TEMPORAL_CLI_PATH ?? null, searchPath: PATH, cacheDir });
}
