import { requestOf, type Runner } from '../runner';
import { afterSending } from '../sending';

export const message: Runner<'message'> = async (step, run) =>
  afterSending(run, await run.host.perform('sendMessage', requestOf(run), `send ${step.id} by ${step.via}`));
