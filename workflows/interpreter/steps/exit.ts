import { requestOf, type Runner } from '../runner';

export const exit: Runner<'exit'> = (step, run) => {
  const { enrollmentId, now, ...at } = requestOf(run);
  return run.host.perform('finish', { enrollmentId, now, at }, `leave with ${step.outcome}`);
};
