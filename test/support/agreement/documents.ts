import { awaitedOf, conditionOf } from './conditions';
import type { Data, Tape } from './tape';

/** Where a step stands: what it may refer to, and how deep it is. */
interface Place {
  tape: Tape;
  nextId: () => string;
  /** Mails that were sent before it on one way at least. */
  sent: string[];
  depth: number;
}

/** A valid journey over all kinds of steps, as its author would write it. Nothing of it depends on luck but the tape. */
export function documentOf(tape: Tape): Data {
  let made = 0;
  const nextId = () => `s${(made += 1)}`;
  const steps = stepsOf({ tape, nextId, sent: [], depth: 2 }, { least: 2, most: 7 });
  const ids = steps.map(({ id }) => id);
  return {
    journey: 'made',
    explain: 'Whoever enters goes through what was made up.',
    topic: 'education',
    entry: [{ event: 'form.submitted' }],
    exits: [
      ...(tape.odds(50) ? [{ event: 'order.completed', outcome: 'bought' }] : []),
      ...(tape.odds(40) ? [{ event: 'survey.answered', next: ids[tape.below(ids.length)] }] : []),
      ...(tape.odds(20) ? [{ event: 'survey.answered', where: { score: 1 }, outcome: 'unhappy' }] : []),
    ],
    defaultExits: tape.odds(70),
    ...(tape.odds(30) && { window: windowOf(tape) }),
    ...(tape.odds(20) && { spread: '20 minutes' }),
    steps: [...steps, { id: 'end', kind: 'exit', outcome: 'completed', ...(tape.odds(30) && { into: 'other' }) }],
  };
}

/** At minutes of the hour at which nothing else falls due. */
function windowOf(tape: Tape): unknown {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const hours = { from: tape.one(['07:41', '09:41', '13:41']), to: tape.one(['17:59', '20:59']) };
  return tape.odds(20) ? 'any' : { ...(tape.odds(40) && { days: days.slice(tape.below(4)) }), ...hours };
}

function stepsOf(place: Place, { least, most }: { least: number; most: number }): Data[] {
  const steps: Data[] = [];
  place.tape.list(least, most, () => steps.push(...groupOf(place, steps)));
  return withJumps(place.tape, steps);
}

/** One step, or a repeat with the wait that it must have. */
function groupOf(place: Place, before: readonly Data[]): Data[] {
  const { tape, nextId } = place;
  if (before.length === 0 || !tape.odds(12)) return [stepOf(place)];
  const wait = { id: nextId(), kind: 'wait', for: tape.one(['90 minutes', '2 days', '1 week']) };
  const from = before[tape.below(before.length)]?.['id'] ?? wait.id;
  return [wait, { id: nextId(), kind: 'repeat', from, times: 1 + tape.below(3), ...ifOf(place, 20) }];
}

function stepOf(place: Place): Data {
  const { tape, nextId, sent, depth } = place;
  const id = nextId();
  const kinds: [() => Data, ...(() => Data)[]] = [
    () => ({ ...emailOf(place), ...ifOf(place, 20) }),
    () => ({ ...waitOf(place), ...ifOf(place, 15) }),
    () => ({ ...emailOf(place), ...ifOf(place, 20) }),
    () => ({ ...waitOf(place), ...ifOf(place, 15) }),
    () => ({
      kind: 'score',
      points: tape.below(30) + 1,
      axis: tape.one(['engagement', 'fit']),
      reason: 'x',
      ...ifOf(place, 20),
    }),
    () => ({ ...updateOf(tape), ...ifOf(place, 20) }),
    () => ({
      kind: 'task',
      type: 'call',
      title: 'Call {{ contact.firstName }}',
      due: '1 working day',
      ...ifOf(place, 20),
    }),
    () => ({ kind: 'enroll', journey: 'other', with: { a: { entry: 'source' } }, ...ifOf(place, 20) }),
    () => ({ ...messageOf(tape), ...ifOf(place, 20) }),
    () => ({ kind: 'notify', to: tape.one(['owner', 'sales']), via: ['email', 'chat'], text: 'x', ...ifOf(place, 20) }),
    () => ({ kind: 'exit', outcome: 'early', if: conditionOf(tape, sent) }),
    () => ({
      kind: 'handoff',
      reason: 'x',
      suggest: 'call',
      for: '2 working days',
      ...onOf(place),
      ...ifOf(place, 20),
    }),
    ...(depth > 0 ? [() => branchOf(place), () => splitOf(place), () => branchOf(place)] : []),
  ];
  const step: Data = { id, ...tape.one(kinds)() };
  if (step['kind'] === 'email') sent.push(id);
  return step;
}

function ifOf({ tape, sent }: Place, share: number): Data {
  return tape.odds(share) ? { if: conditionOf(tape, sent) } : {};
}

function emailOf({ tape }: Place): Data {
  return {
    kind: 'email',
    template: tape.one(['marketing', 'transactional', 'refused']),
    ...(tape.odds(15) && { send: 'at-once' }),
    ...(tape.odds(15) && { window: windowOf(tape) }),
    ...(tape.odds(20) && { ifCapped: tape.one(['skip', 'wait']) }),
  };
}

function messageOf(tape: Tape): Data {
  const kinds: [Data, ...Data[]] = [
    { via: 'sms', text: 'x' },
    { via: 'in-app', title: 'x' },
    { via: 'webhook', to: 'ads', preset: 'audience-add' },
    { via: 'chat', to: 'room', text: 'x' },
  ];
  return { kind: 'message', ...tape.one(kinds), ...(tape.odds(20) && { send: 'at-once' }) };
}

function updateOf(tape: Tape): Data {
  const set: [Data, ...Data[]] = [
    { industry: tape.one(['software', 'retail']) },
    { 'traits.plan': { entry: 'source' } },
    { timezone: tape.one(['Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe']) },
    { lifecycleStage: 'lead', targetAccount: tape.odds(50) },
  ];
  return tape.odds(50)
    ? { kind: 'update', set: tape.one(set) }
    : { kind: 'update', tags: { add: [tape.one(['vip', 'trial'])] } };
}

function waitOf(place: Place): Data {
  const { tape } = place;
  const at = tape.one(['08:05', '11:35', '19:50']);
  const until: [Data, ...Data[]] = [
    { for: tape.one(['30 minutes', '4 hours', '1 day', '3 days', '2 working days', '1 week']) },
    { until: { day: 2 + tape.below(12), at } },
    { until: { date: `2026-03-${28 + tape.below(3)}`, at } },
    { until: { field: 'traits.renewal', at } },
    { until: { weekday: tape.one(['monday', 'sunday', 'thursday']), at } },
  ];
  const step = { kind: 'wait', ...tape.one(until), ...onOf(place) };
  if (!tape.odds(8)) return step;
  return { kind: 'wait', on: [{ event: 'page.viewed' }, { event: 'email.unsubscribed' }] };
}

function onOf(place: Place): Data {
  const { tape, sent } = place;
  if (!tape.odds(60)) return {};
  return { on: tape.list(1, 3, () => ({ ...awaitedOf(tape, sent), ...wayOf(place, 30) })) };
}

/** Steps under `do`, or none: then a way may be named later. */
function wayOf(place: Place, share: number): Data {
  const { tape, depth } = place;
  if (depth === 0 || !tape.odds(share)) return {};
  return { do: nestedOf(place) };
}

function nestedOf(place: Place): Data[] {
  const inner = { ...place, depth: place.depth - 1, sent: [...place.sent] };
  return stepsOf(inner, { least: 1, most: 3 });
}

/** Its first case always leads on, so that what follows can be reached. */
function branchOf(place: Place): Data {
  const { tape, sent } = place;
  const cases = tape.list(1, 3, () => ({ when: conditionOf(tape, sent), do: nestedOf(place) }));
  const last = tape.odds(50) ? { else: { do: [...nestedOf(place), ...leavingOf(place)] } } : {};
  return { kind: 'branch', cases, ...last, ...ifOf(place, 15) };
}

function leavingOf({ tape, nextId }: Place): Data[] {
  return tape.odds(30) ? [{ id: nextId(), kind: 'exit', outcome: 'elsewhere' }] : [];
}

function splitOf(place: Place): Data {
  const { tape } = place;
  const arms = tape.list(2, 3, (index) => ({ name: `arm-${index}`, weight: 1 + tape.below(5), ...wayOf(place, 60) }));
  const holdout = tape.odds(40) ? { holdout: { weight: 1 + tape.below(5) } } : {};
  return { kind: 'split', arms, ...holdout, ...ifOf(place, 15) };
}

/** Lets some choices without a way of their own lead to a later step, never onto a repeat: past its wait. */
function withJumps(tape: Tape, steps: Data[]): Data[] {
  return steps.map((step, index) => {
    const later = steps.slice(index + 1).filter(({ kind }) => kind !== 'repeat');
    const jumping = (choice: unknown): unknown => {
      if (choice === null || typeof choice !== 'object' || Array.isArray(choice)) return choice;
      if ('do' in choice || later.length === 0 || !tape.odds(30)) return choice;
      return { ...choice, next: later[tape.below(later.length)]?.['id'] };
    };
    const on = step['on'];
    const arms = step['arms'];
    return {
      ...step,
      ...(Array.isArray(on) && { on: on.map(jumping) }),
      // The first arm leads on: what follows stays in reach.
      ...(Array.isArray(arms) && { arms: arms.map((arm, at) => (at === 0 ? arm : jumping(arm))) }),
    };
  });
}
