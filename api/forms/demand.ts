import { z } from 'zod';
import { getForm, type StoredForm } from '../../prisma/stores/forms';
import type { HandlerDeps } from '../deps';
import { notFound } from '../http/problems';

export const formKeyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const formKey = z.string().regex(formKeyPattern);

/** @throws Problem not-found */
export async function demandForm({ db }: Pick<HandlerDeps, 'db'>, key: string): Promise<StoredForm> {
  const form = await getForm(db, key);
  if (!form) throw notFound('form');
  return form;
}
