import { readDatabaseUrl } from '../config';
import { createDb } from '../prisma/client';
import { createApiKey } from '../prisma/stores/api-keys';
import { SERVER_SCOPES } from './keys';
import { reasonOf } from '../prisma/error-reason';

/** `npm run key -- <name> [scope …]`: prints a new API key, for everything unless scopes are named. */
async function main([name, ...scopes]: string[]): Promise<void> {
  const unknown = scopes.filter((scope) => !SERVER_SCOPES.includes(scope));
  if (!name || unknown.length > 0) throw new Error(`usage: npm run key -- <name> [${SERVER_SCOPES.join(' | ')} …]`);
  const db = createDb(readDatabaseUrl(), { poolSize: 1 });
  try {
    const { key } = await createApiKey(db, { name, scopes: scopes.length > 0 ? scopes : [...SERVER_SCOPES] });
    console.log(key);
  } finally {
    await db.$disconnect();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exitCode = 1;
});
