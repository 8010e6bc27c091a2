import type { NewConsent, OptOutLift } from '../../../prisma/stores/consents';
import type { DispatchInsert } from '../../../prisma/stores/dispatch';
import type { DecisionInsert } from '../../../prisma/stores/pump/decisions';
import type { DiversionRow, LeaveRow, NewEnrollment, WinRow } from '../../../prisma/stores/pump/enrollments';
import type { InsideRow } from '../../../prisma/stores/pump/events';
import type { TurnRow } from '../../../prisma/stores/pump/watches';

/** What folding one contact's events writes. Dispatch rows are in the order in which they must be delivered. */
export interface Changes {
  profile: boolean;
  wins: WinRow[];
  leaves: LeaveRow[];
  diversions: DiversionRow[];
  entries: NewEnrollment[];
  decisions: DecisionInsert[];
  inside: Omit<InsideRow, 'bucket'>[];
  consents: NewConsent[];
  lifts: OptOutLift[];
  /** In the order in which they happened. */
  turns: TurnRow[];
  dispatch: DispatchInsert[];
}

export function noChanges(): Changes {
  return {
    profile: false,
    wins: [],
    leaves: [],
    diversions: [],
    entries: [],
    decisions: [],
    inside: [],
    consents: [],
    lifts: [],
    turns: [],
    dispatch: [],
  };
}
