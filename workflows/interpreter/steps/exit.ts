import { requestOf, type Runner } from '../runner';

export const exit: Runner<'exit'> = (step, run) => {
  const { enrollmentId, now, resumes, ...at } = requestOf(run);
  const request = { enrollmentId, now, at, ...(resumes !== undefined && { resumes }) };
  return run.host.perform('finish', request, `leave with ${step.outcome}`);
};
