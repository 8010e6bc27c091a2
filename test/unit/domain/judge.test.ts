import type { Diversion } from '../../../workflows/domain/visits/diversion';
import { judge, type Case } from '../../../workflows/domain/visits/judge';

const standing = { status: 'active', outcome: null, leaving: null, diverted: null, visit: 1 } as const;
const one = { visit: 1, stepId: 'one', outcome: 'done', deadline: null } as const;

/** A run that was brought back begins at the first step. */
function asked(it: Pick<Case, 'standing' | 'visits'>): Case {
  const request = { visit: 1, stepId: 'one', closes: null };
  return { ...it, request, hold: null, unprocessed: false, at: 0, deadlineClock: 0 };
}

test('who was moved between visits goes on there', () => {
  const it = asked({ standing: { ...standing, ahead: { visit: 2, stepId: 'seen' } }, visits: [one] });
  const position = { visit: 2, stepId: 'seen', closes: { visit: 1, outcome: 'done' } };
  expect(judge(it)).toEqual({ kind: 'behind', position });
});

test('a step that was written is behind the move', () => {
  const it = asked({ standing: { ...standing, ahead: { visit: 1, stepId: 'one' } }, visits: [one] });
  expect(judge(it)).toMatchObject({ kind: 'stored' });
});

test('who was sent on at the start is told where', () => {
  const diverted: Diversion = { exit: 0, seq: '1', turn: '1', at: 0, taken: 0 };
  const it = asked({ standing: { ...standing, diverted }, visits: [{ ...one, outcome: null }] });
  const position = { visit: 1, stepId: 'one', closes: { visit: 0, outcome: 'exit:0' } };
  expect(judge(it)).toEqual({ kind: 'behind', position });
});
