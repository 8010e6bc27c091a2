import type { Act, ActKind } from './act-step';
import { enroll } from './enroll';
import { score } from './score';
import { task } from './task';
import { update } from './update';

/** A kind without a writer does not compile. */
export const acts: { [K in ActKind]: Act<K> } = { update, score, task, enroll };
