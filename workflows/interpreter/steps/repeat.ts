import { requestOf, type Runner } from '../runner';

export const repeat: Runner<'repeat'> = (step, run) =>
  run.host.perform('decide', requestOf(run), `back to ${step.from}, at most ${step.times} ×`);
