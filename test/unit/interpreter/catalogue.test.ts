import { loadCatalog } from '../../../prisma/catalog';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { ScriptItem } from '../../../workflows/interpreter/virtual/script';
import { simulate, type Simulation } from '../../../workflows/interpreter/virtual/simulate';
import { unchecked } from '../journeys/journey-text';
import { days, MONDAY, toldOf } from './play';

function run(key: string, script: ScriptItem[] = []): Promise<Simulation> {
  const source = loadCatalog().journeys.find((journey) => journey.key === key)?.source ?? '';
  const compiled = compileJourney(source, unchecked);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return simulate(compiled.graph, { entersAt: MONDAY }, { script });
}

test('ebook follow-up without a click', async () => {
  expect(toldOf(await run('ebook-follow-up'))).toEqual([
    'deliver-guide done accepted',
    'two-days timeout',
    'case-study done accepted',
    'five-days timeout',
    'video done accepted',
    'done done',
    'completed after 168 h',
  ]);
});

test('ebook follow-up with a click', async () => {
  const simulation = await run('ebook-follow-up', [{ at: days(4), type: 'email.clicked', of: 'case-study' }]);
  expect(toldOf(simulation).slice(2)).toEqual([
    'case-study done accepted',
    'five-days on:0',
    'benefits done accepted',
    'done done',
    'completed after 96 h',
  ]);
});

test('ebook follow-up ends with a meeting', async () => {
  const simulation = await run('ebook-follow-up', [{ at: days(1), type: 'meeting.booked' }]);
  expect(toldOf(simulation)).toEqual(['deliver-guide done accepted', 'two-days left', 'meeting-booked after 24 h']);
});

test.each([
  [[], 'quiet'],
  [[{ at: days(2), type: 'email.clicked', of: 'deliver-ebook' }], 'engaged'],
])('welcome ends by what was clicked', async (script: ScriptItem[], outcome) => {
  const simulation = await run('welcome', script);
  expect(simulation.outcome).toBe(outcome);
  const sent = simulation.steps.flatMap(({ message, arrivedAt }) =>
    message ? [`${message.template} ${new Date(arrivedAt).toISOString()}`] : [],
  );
  expect(sent).toEqual(['ebook-delivery 2026-11-23T09:00:00.000Z', 'case-study-by-industry 2026-11-27T09:30:00.000Z']);
});

test('welcome gives way to a hotter journey', async () => {
  const script = [{ at: days(1), type: 'journey.entered', properties: { journey: 'high-intent' } }];
  expect((await run('welcome', script)).outcome).toBe('moved-up');
});
