import { requestOf, type Runner } from '../runner';

export const branch: Runner<'branch'> = (step, run) =>
  run.host.perform('decide', requestOf(run), `choose a path at ${step.id}`);
