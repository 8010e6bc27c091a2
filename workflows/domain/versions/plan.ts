import { deadlineOf, type Arrival, type Waiting } from '../timing/deadline';
import type { VisitOutcome } from '../visits/visit';
import type { Difference, StepChange, VersionStep } from './compare';
import type { StepMapping } from './mapping';
import { moveVerdict, type MoveFrom, type MoveVerdict } from './move';

export interface PlanGraph {
  first: string;
  steps: Readonly<Record<string, VersionStep & Waiting>>;
}

/** Somebody inside, as they are stored. Instants are epoch milliseconds. */
export interface Inside {
  id: string;
  status: string;
  leaving: boolean;
  enteredAt: number;
  /** The last visit; null while nothing was carried out. */
  visit: {
    stepId: string;
    kind: string;
    outcome: VisitOutcome | null;
    arrivedAt: number;
    deadline: number | null;
  } | null;
  /** Between two visits, or about to be: the step that is taken next. */
  next: string | null;
  /** The message of the open visit was sent, or may have been. */
  wentOut: boolean;
  /** What their deadlines are computed with. */
  where: Pick<Arrival, 'zone' | 'fields' | 'holidayOn'>;
}

/** How many deadlines move, and by how much: in seconds, later is positive. */
export interface Shifts {
  count: number;
  min: number;
  median: number;
  max: number;
}

export interface MoveCounts {
  /** They wait on, and nothing comes sooner or later. */
  waitOn: number;
  /** Something is carried out for them as soon as they are moved. */
  actAtOnce: number;
  /** Their wait gets another end; null where nobody's does. */
  deadlineMoves: Shifts | null;
  /** Their message goes on, or their next step is taken by the new version. */
  goOn: number;
  /** The plan ends them. */
  end: number;
  /** Their step is gone, and nothing is said about them: they would stay behind. */
  gone: number;
}

export interface PeopleCounts {
  people: number;
  held: number;
  needsAttention: number;
  /** They leave already, whatever is done. */
  leaving: number;
  stay: { actAtOnce: number };
  move: MoveCounts;
  end: { leave: number };
}

export interface StepCounts extends PeopleCounts {
  /** Null for those for whom nothing was carried out yet. */
  stepId: string | null;
  kind: string | null;
  /** Where they go on if they are moved; null where that differs, or is nowhere. */
  to: string | null;
  /** Ids of some of them. */
  sample: string[];
}

const SAMPLE = 10;

/** Counts what stay, move and end would do, person by person: it keeps numbers, no people. */
export class Tally {
  private readonly steps = new Map<string, Counting>();

  constructor(private readonly it: { from: PlanGraph; to: PlanGraph; mapping: StepMapping; now: number }) {}

  add(person: Inside): void {
    const key = person.visit?.stepId ?? '';
    const counting = this.steps.get(key) ?? new Counting(person.visit);
    this.steps.set(key, counting);
    counting.add(person, this.fateOf(person), this.it.now);
  }

  /** Step by step, the fullest first. */
  counts(): StepCounts[] {
    return [...this.steps.values()].map((one) => one.counts()).sort((a, b) => b.people - a.people);
  }

  /** All deadlines that move, for the totals over several tallies. */
  shifts(): number[] {
    return [...this.steps.values()].flatMap((one) => one.shifts);
  }

  private fateOf(person: Inside): Fate {
    const { from, to, mapping, now } = this.it;
    const verdict = moveVerdict(standingOf(person, from), mapping, to);
    const step = verdict.kind === 'wait' ? to.steps[verdict.stepId] : undefined;
    if (!step || !person.visit) return { verdict, deadline: null, isOver: false };
    const { arrivedAt } = person.visit;
    const deadline = deadlineOf(step, { ...person.where, enteredAt: person.enteredAt, arrivedAt });
    return { verdict, deadline, isOver: deadline !== null && deadline <= now };
  }
}

interface Fate {
  verdict: MoveVerdict;
  /** Of the wait in the new version. */
  deadline: number | null;
  isOver: boolean;
}

function standingOf({ visit, next, wentOut }: Inside, from: PlanGraph): MoveFrom {
  if (!visit) return { at: 'start' };
  const ahead = next === null ? undefined : from.steps[next];
  if (ahead) return { at: 'before', step: ahead };
  return { at: 'open', step: { id: visit.stepId, kind: visit.kind, ...from.steps[visit.stepId] }, wentOut };
}

/** People at one step. */
class Counting {
  readonly shifts: number[] = [];
  private readonly sample: string[] = [];
  private readonly targets = new Set<string | null>();
  private readonly n = { people: 0, held: 0, needsAttention: 0, leaving: 0, stayNow: 0 };
  private readonly m = { waitOn: 0, actAtOnce: 0, goOn: 0, end: 0, gone: 0 };

  constructor(private readonly at: Inside['visit']) {}

  add(person: Inside, fate: Fate, now: number): void {
    this.n.people += 1;
    if (this.sample.length < SAMPLE) this.sample.push(person.id);
    if (person.status === 'held') this.n.held += 1;
    if (person.status === 'needs_attention') this.n.needsAttention += 1;
    if (person.leaving) {
      this.n.leaving += 1;
      return;
    }
    const rests = person.status === 'active' && person.visit?.outcome === null;
    const due = person.visit?.deadline ?? null;
    if (rests && due !== null && due <= now) this.n.stayNow += 1;
    this.targets.add('stepId' in fate.verdict && fate.verdict.kind !== 'gone' ? fate.verdict.stepId : null);
    this.count(person, fate);
  }

  private count(person: Inside, { verdict, deadline, isOver }: Fate): void {
    switch (verdict.kind) {
      case 'end':
      case 'gone':
        this.m[verdict.kind] += 1;
        return;
      case 'begin':
      case 'stay':
        this.m.goOn += 1;
        return;
      case 'ahead':
        // A wait that is left for another step is left at once; who is held or with people goes on when they may.
        if (person.status === 'active' && person.visit?.outcome === null) this.m.actAtOnce += 1;
        else this.m.goOn += 1;
        return;
      case 'wait':
        this.m[isOver ? 'actAtOnce' : 'waitOn'] += 1;
        this.noteShift(person.visit?.deadline ?? null, deadline);
    }
  }

  private noteShift(before: number | null, now: number | null): void {
    if (before !== now && before !== null && now !== null) this.shifts.push(Math.round((now - before) / 1000));
  }

  counts(): StepCounts {
    const { n, m, at, sample, shifts, targets } = this;
    const [to = null] = targets;
    return {
      ...{ stepId: at?.stepId ?? null, kind: at?.kind ?? null, to: targets.size === 1 ? to : null },
      ...{ people: n.people, held: n.held, needsAttention: n.needsAttention, leaving: n.leaving },
      stay: { actAtOnce: n.stayNow },
      move: { ...m, deadlineMoves: shiftsOf(shifts) },
      end: { leave: n.people - n.leaving },
      sample,
    };
  }
}

/** Null where nothing is shifted. */
export function shiftsOf(shifts: readonly number[]): Shifts | null {
  const sorted = [...shifts].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  return { count: sorted.length, min, median: sorted[Math.floor((sorted.length - 1) / 2)] ?? min, max };
}

/** Sums of all steps; `shifts` are those of all of them. */
export function totalsOf(steps: readonly StepCounts[], shifts: readonly number[]): PeopleCounts {
  const sum = (of: (step: StepCounts) => number) => steps.reduce((total, step) => total + of(step), 0);
  return {
    people: sum(({ people }) => people),
    held: sum(({ held }) => held),
    needsAttention: sum(({ needsAttention }) => needsAttention),
    leaving: sum(({ leaving }) => leaving),
    stay: { actAtOnce: sum(({ stay }) => stay.actAtOnce) },
    move: {
      waitOn: sum(({ move }) => move.waitOn),
      actAtOnce: sum(({ move }) => move.actAtOnce),
      deadlineMoves: shiftsOf(shifts),
      goOn: sum(({ move }) => move.goOn),
      end: sum(({ move }) => move.end),
      gone: sum(({ move }) => move.gone),
    },
    end: { leave: sum(({ end }) => end.leave) },
  };
}

export interface VersionPlan {
  id: string;
  number: number;
  people: number;
  /** What differs between that version and the one to be published. */
  steps: StepChange[];
  journey: Difference[];
  /** Where its people are, and what would become of them. */
  at: StepCounts[];
}

/** What publishing would do to everybody inside. */
export interface PlanSummary {
  versions: VersionPlan[];
  totals: PeopleCounts;
}
