import { z } from 'zod';
import { didYouMean, listed } from '../problem';
import { isMapping, meaning, say } from '../wording';
import { branch, type BranchSource } from './branch';
import { email, type EmailSource } from './email';
import { enroll, type EnrollSource } from './enroll';
import { exit, type ExitSource } from './exit';
import { handoff, type HandoffSource } from './handoff';
import { message, type MessageSource } from './message';
import { notify, type NotifySource } from './notify';
import { repeat, type RepeatSource } from './repeat';
import { score, type ScoreSource } from './score';
import { split, type SplitSource } from './split';
import { task, type TaskSource } from './task';
import { update, type UpdateSource } from './update';
import { wait, type WaitSource } from './wait';

/** A step as its author writes it. */
export type StepSource =
  | EmailSource
  | MessageSource
  | NotifySource
  | WaitSource<StepSource>
  | BranchSource<StepSource>
  | SplitSource<StepSource>
  | RepeatSource
  | UpdateSource
  | ScoreSource
  | TaskSource
  | EnrollSource
  | HandoffSource<StepSource>
  | ExitSource;

const kinds = [
  ...['email', 'message', 'notify', 'wait', 'branch', 'split', 'repeat'],
  ...['update', 'score', 'task', 'enroll', 'handoff', 'exit'],
];

export const steps: z.ZodType<StepSource[]> = z.lazy(() => z.array(step).min(1).max(500));

const step: z.ZodType<StepSource> = z
  .discriminatedUnion(
    'kind',
    [
      ...([email, message, notify, wait(steps), branch(steps), split(steps), repeat] as const),
      ...([update, score, task, enroll, handoff(steps), exit] as const),
    ],
    { error: meaning(unknownKind) },
  )
  .meta({ id: 'Step' });

function unknownKind(input: unknown): string {
  const kind = isMapping(input) ? input['kind'] : undefined;
  const known = `a step is one of ${listed(kinds)}`;
  if (typeof kind !== 'string') return say('`kind` is missing', known);
  return say(`there is no step of kind \`${kind}\``, didYouMean(kind, kinds) ?? known);
}
