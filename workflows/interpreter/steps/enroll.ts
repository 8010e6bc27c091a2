import { requestOf, type Runner } from '../runner';

export const enroll: Runner<'enroll'> = (step, run) =>
  run.host.perform('act', requestOf(run), `ask ${step.journey} to take the contact`);
