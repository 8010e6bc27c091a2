import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { searchAttributes } from '../../workflows/contract/search-attributes';
import { poll } from './poll';
import { testTemporal } from './temporal';

const { IndexedValueType } = temporal.api.enums.v1;
const TYPES = { KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, INT: IndexedValueType.INDEXED_VALUE_TYPE_INT };

/** A namespace of one's own on the shared server: its task queues, ids and action counts are nobody else's. */
export async function freshNamespace(): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address: testTemporal().address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await poll('the namespace', () => isKnown(connection, namespace));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: typesByName() });
    return namespace;
  } finally {
    await connection.close();
  }
}

/** The server's parts learn of a namespace one after the other. */
async function isKnown(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
    return true;
  } catch {
    return false;
  }
}

function typesByName(): Record<string, temporal.api.enums.v1.IndexedValueType> {
  const known: Record<string, temporal.api.enums.v1.IndexedValueType> = TYPES;
  const attributes = Object.values(searchAttributes);
  return Object.fromEntries(
    attributes.map(({ name, type }) => [name, known[type] ?? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
  );
}
