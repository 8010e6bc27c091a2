import { Counting } from './counting';
import type { ScoreModel } from './model';
import { byMoment } from './moments';
import { newScore } from './new-score';
import type { Scored, ScoreInput } from './state';

/** From scratch: all inputs up to an instant, in whatever order they are given, and time up to it. */
export function replayScore(model: ScoreModel, inputs: readonly ScoreInput[], to: number): Scored {
  const counting = new Counting(model, newScore());
  for (const input of inOrder(inputs)) if (input.at <= to) counting.take(input);
  counting.advance(to);
  return counting.done();
}

function inOrder(inputs: readonly ScoreInput[]): readonly ScoreInput[] {
  const isInOrder = inputs.every((input, place) => place === 0 || byMoment(inputs[place - 1] ?? input, input) <= 0);
  return isInOrder ? inputs : [...inputs].sort(byMoment);
}
