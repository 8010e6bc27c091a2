import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { EffectGaveUp } from '../../../workflows/interpreter/host';
import { hours, play, toldOf, type Play } from './play';

const STEPS = `  - { id: one, kind: email, template: t }
  - { id: pause, kind: wait, for: 2 days, on: [{ event: page.viewed, next: seen }, { event: demo.requested, next: seen }] }
  - { id: two, kind: email, template: t }
  - { id: done, kind: exit, outcome: done }
  - { id: seen, kind: exit, outcome: seen }
  - { id: prepare, kind: email, template: t }
  - { id: until, kind: wait, for: 1 day, on: [{ event: page.viewed, next: seen }, { event: demo.requested, since: entry, next: done }] }
  - { id: met, kind: exit, outcome: met }`;
const EXITS = `exits: [{ event: meeting.booked, next: prepare }, { event: demo.requested, next: prepare }]
steps:`;

function sentOn(script: ScriptItem[], more: Play = {}): Promise<string[]> {
  return play(STEPS, { ...more, script, replace: ['steps:', EXITS] }).then(toldOf);
}

const booked = { at: hours(1), type: 'meeting.booked' };
const onward = ['prepare done accepted', 'until timeout', 'met done'];

test('an event sends a wait on at a step', async () => {
  expect(await sentOn([booked])).toEqual(['one done accepted', 'pause exit:0', ...onward, 'met after 25 h']);
});

test('it sends on what is held', async () => {
  const held: ScriptItem[] = [
    { at: hours(0.5), do: 'pause' },
    { at: hours(100), type: 'meeting.booked' },
    { at: hours(101), do: 'resume' },
  ];
  expect(await sentOn(held)).toEqual(['one done accepted', 'pause exit:0', ...onward, 'met after 125 h']);
});

test('it sends on what needs attention', async () => {
  let failures = 1;
  const effectBegins = (name: string): void => {
    if (name === 'arrive' && (failures -= 1) === 0) throw new EffectGaveUp('broken', '');
  };
  expect(await sentOn([booked], { effectBegins })).toEqual(['one exit:0 accepted', ...onward, 'met after 25 h']);
});

test('it supersedes what has won the wait', async () => {
  const both: ScriptItem[] = [{ at: hours(1), type: 'page.viewed' }, { ...booked }];
  expect(await sentOn(both)).toEqual(['one done accepted', 'pause on:0', ...onward, 'met after 25 h']);
});

test('it wins no wait itself, then or later', async () => {
  const told = await sentOn([{ at: hours(1), type: 'demo.requested' }]);
  expect(told).toEqual(['one done accepted', 'pause exit:1', ...onward, 'met after 25 h']);
});

test('what comes after it is looked back on', async () => {
  const script: ScriptItem[] = [
    { at: hours(0.5), do: 'pause' },
    { at: hours(1), type: 'page.viewed' },
    { at: hours(2), type: 'meeting.booked' },
    { at: hours(3), type: 'page.viewed' },
    { at: hours(4), do: 'resume' },
  ];
  const replace: Play['replace'] = [
    'steps:',
    'exits: [{ event: meeting.booked, next: until }, { event: trial.started, next: prepare }]\nsteps:',
  ];
  const told = toldOf(await play(STEPS, { script, replace }));
  expect(told).toEqual(['one done accepted', 'pause on:0', 'until on:0', 'seen done', 'seen after 4 h']);
});

test('it closes the message that it finds', async () => {
  const script: ScriptItem[] = [{ at: hours(1), type: 'meeting.booked' }];
  const busy = { kind: 'retryable', at: hours(9), why: 'busy' } as const;
  let calls = 0;
  const provider = () => ((calls += 1) === 1 ? busy : ({ kind: 'accepted', providerMessageId: null } as const));
  expect((await sentOn(script, { provider })).slice(0, 2)).toEqual(['one exit:0 suppressed', 'prepare done accepted']);
});

test('a second time it ends by the default', async () => {
  const twice: ScriptItem[] = [booked, { at: hours(2), type: 'meeting.booked' }];
  expect((await sentOn(twice)).at(-1)).toBe('meeting-booked after 2 h');
});

test('to leave goes before going on', async () => {
  const script: ScriptItem[] = [{ at: hours(1), do: 'leave', outcome: 'bye' }, booked];
  expect(await sentOn(script)).toEqual(['one done accepted', 'pause left', 'bye after 1 h']);
});

test.each(['skip', 'retry'] as const)('a %s races with it', async (what) => {
  const script: ScriptItem[] = [{ at: hours(1), do: what }, booked];
  expect(await sentOn(script)).toEqual(['one done accepted', 'pause exit:0', ...onward, 'met after 25 h']);
});
