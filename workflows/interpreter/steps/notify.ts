import { requestOf, type Runner } from '../runner';
import { afterSending } from '../sending';

export const notify: Runner<'notify'> = async (step, run) =>
  afterSending(run, await run.host.perform('notify', requestOf(run), `tell ${step.to} by ${step.via.join(', ')}`));
