import { requestOf, type Runner } from '../runner';
import { afterSending } from '../sending';

export const email: Runner<'email'> = async (step, run) =>
  afterSending(run, await run.host.perform('sendEmail', requestOf(run), `send ${step.template} for ${step.id}`));
