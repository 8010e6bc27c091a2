import type { Rest } from '../../../workflows/interpreter/host';
import { emptyMailbox, take, withAsked, withWake } from '../../../workflows/interpreter/mailbox';

const rest = (visit: number, phase: Rest['phase'] = 'waiting'): Rest => ({
  ...{ phase, stepId: 'step', visit, until: null, detail: '' },
});

/** A run that rests at this visit, and is shown to people there. */
const resting = (visit: number) => take(emptyMailbox, rest(visit)).box;

test('a skip ends the stop it was asked at', () => {
  expect(take(withAsked(resting(2), 'skip'), rest(2)).woke).toEqual({ kind: 'skip' });
});

test('a skip spares the next stop', () => {
  const clicked = take(withWake(withAsked(resting(2), 'skip'), { visit: 2, outcome: 'on:0' }), rest(2));
  expect(clicked.woke).toEqual({ kind: 'knock', outcome: 'on:0' });
  const next = take(clicked.box, rest(3));
  expect(next.woke).toBeNull();
  expect(next.box.asked).toBeNull();
});

test('a skip outlasts a moment of processing', () => {
  const settling = take(withAsked(resting(2), 'skip'), rest(3, 'acting'));
  expect(settling.woke).toBeNull();
  expect(take(settling.box, rest(2)).woke).toEqual({ kind: 'skip' });
});

test('a knock for a visit that is over is dropped', () => {
  expect(take(withWake(resting(2), { visit: 1 }), rest(2)).woke).toBeNull();
});
