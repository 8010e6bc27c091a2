import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { searchAttributes } from '../workflows/contract/search-attributes';

const { IndexedValueType } = temporal.api.enums.v1;
const TYPES: Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>> = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
};

/**
 * Makes the search attributes that the namespace lacks, and answers their names. Throws where the server does not let us
 * (Temporal Cloud: they are made in its console).
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { operatorService } = connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return [];
  const types = Object.fromEntries(
    missing.map(({ name, type }) => [name, TYPES[type] ?? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
  );
  await operatorService.addSearchAttributes({ namespace, searchAttributes: types });
  return missing.map(({ name }) => name);
}
