import { Connection } from '@temporalio/client';
import { registerSearchAttributes } from '../activities/search-attributes';
import type { TemporalConfig } from '../config';
import { reasonOf } from '../prisma/error-reason';

/** Makes sure that the server named by TEMPORAL_ADDRESS answers, and that the namespace has our search attributes. */
export async function prepareTemporal(temporal: TemporalConfig, say: (line: string) => void): Promise<void> {
  const { address, namespace, apiKey, tls } = temporal;
  const options = { address, ...(tls && { tls: true as const }), ...(apiKey !== null && { apiKey }) };
  const connection = await Connection.connect({ ...options, connectTimeout: '5s' }).catch((error: unknown) => {
    throw new Error(`no Temporal at ${address} (TEMPORAL_ADDRESS): ${reasonOf(error)}`, { cause: error });
  });
  try {
    await registerSearchAttributes(connection, namespace);
  } catch (error) {
    // Temporal Cloud has them made in its console.
    say(`the search attributes of namespace ${namespace} could not be checked: ${reasonOf(error)}`);
  } finally {
    await connection.close();
  }
}
