import { requestOf, type Runner } from '../runner';

export const task: Runner<'task'> = (step, run) =>
  run.host.perform('act', requestOf(run), `open a ${step.type} task for ${step.to}`);
