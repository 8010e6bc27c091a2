import { randomBytes } from 'node:crypto';
import type { Db } from '../client';

/** 256 bits to sign with, the same for every process; made by whoever asks first. */
export async function readSecret(db: Db, name: string): Promise<Buffer> {
  await db.secret.createMany({ data: [{ name, value: randomBytes(32) }], skipDuplicates: true });
  const { value } = await db.secret.findUniqueOrThrow({ where: { name } });
  return Buffer.from(value);
}
