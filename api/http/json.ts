import { z } from 'zod';
import type { Json } from '../../workflows/domain/json';

/** Any JSON. What reaches a schema has come through JSON.parse, so nothing is left to check. */
export const json = z.unknown().transform((value) => value as Json);
export const jsonObject = z.record(z.string(), json);
