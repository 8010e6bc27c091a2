import { requestOf, type Runner } from '../runner';

export const update: Runner<'update'> = (step, run) =>
  run.host.perform('act', requestOf(run), `change fields at ${step.id}`);
