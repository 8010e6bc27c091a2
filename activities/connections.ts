import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalConfig } from '../config';

export interface Connections {
  native: NativeConnection;
  connection: Connection;
  client: Client;
  close(): Promise<void>;
}

/** Both connections of a worker process: the SDK's core polls by one, we call by the other. */
export async function connect({ address, namespace, apiKey, tls }: TemporalConfig): Promise<Connections> {
  const options = { address, ...(tls && { tls: true as const }), ...(apiKey !== null && { apiKey }) };
  const native = await NativeConnection.connect(options);
  // Without the SDK's own retries: the loops retry, and a call that sits in a retry when its connection is closed throws
  // where nobody can catch it.
  const connection = await Connection.connect({ ...options, interceptors: [] });
  return {
    native,
    connection,
    client: new Client({ connection, namespace }),
    close: async () => {
      await connection.close();
      await native.close();
    },
  };
}
