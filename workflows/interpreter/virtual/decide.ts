import type { DecideAnswer } from '../../contract/effects';
import { branchChoice } from '../../domain/conditions/branching';
import { repetition } from '../../domain/splitting/repeat';
import { partingOf } from '../../domain/splitting/split';
import { judge } from '../../domain/visits/judge';
import type { StepOf } from '../../journeys/graph';
import { evaluateFor } from './facts';
import { caseOf, read, stepOfKind, type Asked, type Reading } from './reading';
import { record, type Choice } from './record';
import { closeBefore, openVisit, passIfFalse, refuse } from './visits';
import type { World } from './world';

type ChoiceStep = StepOf<'branch' | 'split' | 'repeat'>;
type Chosen = Pick<Choice, 'reason'> & { outcome: `case:${number}` | 'else' };

/** Chooses a path at a branch, a split or a repeat. */
export function decide(world: World, asked: Asked): DecideAnswer {
  const reading = read(world, asked);
  const judgement = judge(caseOf(reading));
  if (judgement.kind === 'stored') return { kind: 'closed', outcome: judgement.visit.outcome ?? 'else' };
  if (judgement.kind !== 'open') return refuse(reading, judgement);
  const step = stepOfKind(reading, 'branch', 'split', 'repeat');
  const look = closeBefore(reading);
  if (passIfFalse(reading, step, look)) return { kind: 'closed', outcome: 'passed' };
  const { outcome, reason } = choose(reading, step);
  const { id: stepId, kind } = step;
  openVisit(reading, { stepId, kind, look, mark: look, outcome });
  record(reading, { visit: asked.visit, stepId, kind, outcome, reason });
  return { kind: 'closed', outcome };
}

function choose(reading: Reading, step: ChoiceStep): Chosen {
  switch (step.kind) {
    case 'branch':
      return branchChoice(
        evaluateFor(
          reading,
          step.cases.map(({ when }) => when),
        ),
      );
    case 'split':
      return chooseArm(reading, step);
    case 'repeat':
      return repetition(step, roundsGone(reading, step.id));
  }
}

function roundsGone({ visits }: Reading, id: string): number {
  return visits.filter(({ stepId, outcome }) => stepId === id && outcome === 'case:0').length;
}

function chooseArm({ world, contact, enrollment, at }: Reading, { id: stepId, arms }: StepOf<'split'>): Chosen {
  const who = { contactId: contact.id, journeyKey: enrollment.journeyKey, stepId };
  const isOwn = (row: typeof who) =>
    row.contactId === who.contactId && row.journeyKey === who.journeyKey && row.stepId === stepId;
  const known = world.exposures.find(isOwn);
  const { index, arm, drawn, reason } = partingOf(arms, who, known?.arm ?? null);
  if (drawn) {
    world.exposures = world.exposures.filter((row) => !isOwn(row));
    world.exposures.push({ ...who, enrollmentId: enrollment.id, arm, holdout: arms[index]?.holdout ?? false, at });
  }
  return { outcome: `case:${index}`, reason };
}
