import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalConfig } from '../config';

export interface Connections {
  native: NativeConnection;
  client: Client;
  close(): Promise<void>;
}

/** Both connections of a worker process: the SDK's core polls by one, we call by the other. */
export async function connect({ address, namespace, apiKey, tls }: TemporalConfig): Promise<Connections> {
  const options = { address, ...(tls && { tls: true as const }), ...(apiKey !== null && { apiKey }) };
  const native = await NativeConnection.connect(options);
  const connection = await Connection.connect(options);
  return {
    native,
    client: new Client({ connection, namespace }),
    close: async () => {
      await connection.close();
      await native.close();
    },
  };
}
