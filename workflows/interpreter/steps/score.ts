import { requestOf, type Runner } from '../runner';

export const score: Runner<'score'> = (step, run) =>
  run.host.perform('act', requestOf(run), `add ${step.points} points at ${step.id}`);
