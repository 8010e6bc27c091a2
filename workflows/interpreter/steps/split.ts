import { requestOf, type Runner } from '../runner';

export const split: Runner<'split'> = (step, run) =>
  run.host.perform('decide', requestOf(run), `draw an arm of ${step.id}`);
