import type { SendAnswer } from '../contract/effects';
import { instant } from './describe';
import type { Rest, Woke } from './host';
import type { Outcome, Run } from './runner';

/** Where a run goes on after an effect that sends, whatever the channel. */
export async function afterSending(run: Run, answer: SendAnswer): Promise<Outcome> {
  if (answer.kind === 'sent') return { kind: 'closed', outcome: 'done' };
  if (answer.kind === 'deferred') return whenDue(run, answer);
  if (answer.kind === 'unknown') return afterUnknown(run, answer);
  if (answer.kind === 'failed') return { kind: 'attention', code: 'send-rejected', detail: answer.why };
  return answer;
}

async function whenDue(run: Run, { until, why }: { until: number; why: string }): Promise<Outcome> {
  const woke = await rest(run, until, `${run.state.stepId} is deferred (${why}) until ${instant(until)}`);
  return woke.kind === 'time' || woke.kind === 'knock' ? { kind: 'again' } : { kind: 'disturbed', by: woke };
}

/** The provider's answer was lost. An event of the provider may still settle it within the grace period. */
async function afterUnknown(run: Run, answer: { until: number; then: 'proceed' | 'attention' }): Promise<Outcome> {
  const { stepId } = run.state;
  const woke = await rest(
    run,
    answer.until,
    `whether ${stepId} was sent is unknown; waiting until ${instant(answer.until)}`,
  );
  if (woke.kind === 'knock') return { kind: 'again' };
  if (woke.kind !== 'time') return { kind: 'disturbed', by: woke };
  if (answer.then === 'proceed') return { kind: 'closed', outcome: 'done' };
  return { kind: 'attention', code: 'send-unknown', detail: `the provider never said whether ${stepId} was sent` };
}

function rest(run: Run, until: number, detail: string): Promise<Woke> {
  const { stepId, visit } = run.state;
  return run.host.rest({ phase: 'deferred', stepId, visit, until, detail } satisfies Rest);
}
