import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { EffectGaveUp, type EffectName } from '../../../workflows/interpreter/host';
import { days, hours, play, toldOf } from './play';

const STEPS = `  - { id: one, kind: email, template: t }
  - { id: pause, kind: wait, for: 2 hours, on: [{ event: page.viewed, next: seen }] }
  - { id: two, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }
  - { id: seen, kind: exit, outcome: seen }`;

const cases: [string, ScriptItem[], string[]][] = [
  [
    'skip',
    [{ at: hours(1), do: 'skip' }],
    ['one done accepted', 'pause skipped', 'two done accepted', 'done done', 'done after 1 h'],
  ],
  [
    'retry',
    [{ at: hours(1), do: 'retry' }],
    ['one done accepted', 'pause retried', 'pause timeout', 'two done accepted', 'done done', 'done after 3 h'],
  ],
  ['cancel', [{ at: hours(1), do: 'cancel' }], ['one done accepted', 'pause left', 'cancelled after 1 h']],
  [
    'leave',
    [{ at: hours(1), do: 'leave', outcome: 'operator' }],
    ['one done accepted', 'pause left', 'operator after 1 h'],
  ],
  ['pause', [{ at: hours(1), do: 'pause' }], ['one done accepted', 'pause open', 'rests']],
  [
    'resume',
    [
      { at: hours(1), do: 'pause' },
      { at: hours(5), do: 'resume' },
    ],
    ['one done accepted', 'pause timeout', 'two done accepted', 'done done', 'done after 5 h'],
  ],
  [
    'leave while paused',
    [
      { at: hours(1), do: 'pause' },
      { at: hours(5), do: 'leave', outcome: 'bye' },
    ],
    ['one done accepted', 'pause left', 'bye after 5 h'],
  ],
  [
    'a view while paused',
    [
      { at: hours(1), do: 'pause' },
      { at: hours(1.5), type: 'page.viewed' },
      { at: hours(3), do: 'resume' },
    ],
    ['one done accepted', 'pause on:0', 'seen done', 'seen after 3 h'],
  ],
];

test.each(cases)('%s', async (_name, script, told) => {
  expect(toldOf(await play(STEPS, { script }))).toEqual(told);
});

test('a release is spread', async () => {
  const script: ScriptItem[] = [
    { at: hours(1), do: 'pause' },
    { at: hours(5), do: 'resume', spreadMs: 2 ** 32 },
  ];
  // The enrollment's id ends in …1: its place is the second of 2³² milliseconds.
  expect((await play(STEPS, { script })).endedAt).toBe(hours(5) + 1);
});

test('skipping a step that is held keeps its number', async () => {
  const script: ScriptItem[] = [
    { at: hours(1), do: 'pause' },
    { at: hours(3), do: 'skip' },
    { at: hours(4), do: 'resume' },
  ];
  const { steps, outcome } = await play(STEPS, { script });
  expect(steps.map(({ visit, stepId }) => `${visit} ${stepId}`)).toEqual(['1 one', '2 pause', '3 done']);
  expect(outcome).toBe('done');
});

test('skipping an exit that is held only asks again', async () => {
  const steps = `  - { id: pause, kind: wait, for: 2 hours }
  - { id: done, kind: exit, outcome: done }`;
  const script: ScriptItem[] = [
    { at: hours(1), do: 'pause' },
    { at: hours(3), do: 'skip' },
    { at: hours(4), do: 'resume' },
  ];
  expect(toldOf(await play(steps, { script }))).toEqual(['pause timeout', 'done done', 'done after 4 h']);
});

test('a mail that went out is not repeated', async () => {
  const steps = `  - { id: one, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }`;
  const provider = () => ({ kind: 'unknown', why: 'no answer' }) as const;
  const script: ScriptItem[] = [{ at: hours(0) + 1000, do: 'retry' }];
  const { steps: told } = await play(steps, { provider, idempotent: false, script });
  expect(told.map(({ message }) => message?.reason)).toEqual(['no answer', 'already-sent', undefined]);
});

test('an effect that fails for good needs a person', async () => {
  const { rests, world } = await play(STEPS, { effectBegins: failing('arrive', 1) });
  expect(rests).toMatchObject({ phase: 'needs-attention', stepId: 'pause' });
  expect(world.enrollments[0]).toMatchObject({ status: 'needs_attention', attention: { code: 'broken' } });
});

test("a person's retry asks again", async () => {
  const script: ScriptItem[] = [{ at: days(1), do: 'retry' }];
  expect(toldOf(await play(STEPS, { effectBegins: failing('arrive', 1), script })).at(-1)).toBe('done after 26 h');
});

/** Throws in the first so many effects of this name. */
function failing(name: EffectName, times: number): (begun: EffectName) => void {
  let left = times;
  return (begun) => {
    if (begun === name && left > 0) {
      left -= 1;
      throw new EffectGaveUp('broken', 'the database said no');
    }
  };
}
