import { requestEntry } from '../request-entry';
import type { Act } from './act-step';

export const enroll: Act<'enroll'> = (tx, { reading }, { step, visit }) =>
  requestEntry(tx, reading, { journey: step.journey, by: 'enroll', with: step.with ?? {}, visit });
