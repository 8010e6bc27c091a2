import { requestEntry } from '../request-entry';
import type { Act } from './act-step';

export const enroll: Act<'enroll'> = (reading, { journey, with: values = {} }) =>
  requestEntry(reading, { journey, by: 'enroll', with: values, visit: reading.asked.visit });
