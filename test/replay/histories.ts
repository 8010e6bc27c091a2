import { temporal } from '@temporalio/proto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { History } = temporal.api.history.v1;
type History = temporal.api.history.v1.IHistory;

export const HISTORIES = join(__dirname, 'histories');

export function recordedNames(): string[] {
  return readdirSync(HISTORIES).map((file) => file.replace('.json', ''));
}

export function recordedText(name: string): string {
  return readFileSync(join(HISTORIES, `${name}.json`), 'utf8');
}

/** The SDK's own `historyToJSON` needs one copy of protobufjs in the whole tree; this needs none. */
export function historyAsJson(history: History): Record<string, unknown> {
  return History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String });
}

export function historyFromText(text: string): History {
  return History.fromObject(JSON.parse(text) as Record<string, unknown>);
}
