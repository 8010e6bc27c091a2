import { z } from 'zod';
import { didYouMean, listed } from '../problem';
import { isMapping, meaning, say } from '../wording';
import { branch, type BranchSource } from './branch';
import { email, type EmailSource } from './email';
import { exit, type ExitSource } from './exit';
import { wait, type WaitSource } from './wait';

export type StepSource = EmailSource | WaitSource<StepSource> | BranchSource<StepSource> | ExitSource;

const kinds = ['email', 'wait', 'branch', 'exit'];
const later = ['message', 'split', 'update', 'score', 'notify', 'task', 'handoff', 'enroll'];

export const steps: z.ZodType<StepSource[]> = z.lazy(() => z.array(step).min(1).max(500));

const step: z.ZodType<StepSource> = z
  .discriminatedUnion('kind', [email, wait(steps), branch(steps), exit], { error: meaning(unknownKind) })
  .meta({ id: 'Step' });

function unknownKind(input: unknown): string {
  const kind = isMapping(input) ? input['kind'] : undefined;
  const known = `a step is one of ${listed(kinds)}`;
  if (typeof kind !== 'string') return say('`kind` is missing', known);
  if (later.includes(kind)) return say(`\`${kind}\` steps come with a later release`, known);
  return say(`there is no step of kind \`${kind}\``, didYouMean(kind, kinds) ?? known);
}
