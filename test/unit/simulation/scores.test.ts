import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import { compileScoreModel } from '../../../workflows/scoring-model/compile-score-model';
import type { PersonaSource } from '../../../workflows/simulation/persona-shape';
import { readPersonas } from '../../../workflows/simulation/read-personas';
import { runPersona } from '../../../workflows/simulation/run-persona';

const catalog = join(__dirname, '../../../workflows/scoring-model/catalog');
const standard = compileScoreModel(readFileSync(join(catalog, 'standard.yaml'), 'utf8'));

async function run(steps: string, persona: PersonaSource) {
  const source = `
journey: j
name: J
explain: Waits for what scores do.
topic: education
stage: awareness
responsible: team
review: 90 days
entry: [{ event: form.submitted }]
reentry: never
steps:
${steps}`;
  const compiled = compileJourney(source, { templates: null, topics: null });
  if (!compiled.ok || !standard.ok) throw new Error(JSON.stringify([compiled, standard]));
  const read = readPersonas({ entersAt: '2026-01-05T09:00:00Z', ...persona }, compiled.graph);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const [one] = read.personas;
  if (!one) throw new Error('none');
  const told = await runPersona(compiled.graph, one, { scoreModel: standard.model });
  return { outcome: told.outcome, at: told.endedAt?.slice(0, 16) };
}

const pricing = (after: string) => ({ after, event: 'page.viewed', properties: { path: '/pricing' } });

/** Whoever becomes high leaves at once; after a year without it, as `never`. */
const untilHigh = `
  - id: rests
    kind: wait
    for: 365 days
    on: [{ event: score.tier_changed, where: { to: high }, next: won }]
  - { id: never, kind: exit, outcome: never }
  - { id: won, kind: exit, outcome: won }`;

/** 50 of fields and points brought along, and 25 of two visits: 75. */
const vp = { contact: { jobTitle: 'VP of Sales', industry: 'SaaS' }, score: { engagement: 25 } };

test('behaviour gives points', async () => {
  const does = [pricing('1 day'), pricing('3 days')];
  expect(await run(untilHigh, { ...vp, does })).toEqual({ outcome: 'won', at: '2026-01-08T09:00' });
  expect(await run(untilHigh, { ...vp, does: [pricing('1 day')] })).toMatchObject({ outcome: 'never' });
});

test('fit brought along is all of it', async () => {
  const does = [pricing('1 day'), pricing('3 days')];
  expect(await run(untilHigh, { ...vp, score: { fit: 20, engagement: 25 }, does })).toMatchObject({ outcome: 'never' });
  expect(await run(untilHigh, { ...vp, score: { fit: 21, engagement: 25 }, does })).toMatchObject({ outcome: 'won' });
});

test('what is learned of them changes fit', async () => {
  const promoted = { after: '4 days', event: 'contact.noted', traits: { jobTitle: 'Directora de Marketing' } };
  const does = [pricing('1 day'), pricing('3 days')];
  const contact = { industry: 'saas' };
  expect(await run(untilHigh, { contact, score: { engagement: 25 }, does })).toMatchObject({ outcome: 'never' });
  const later = await run(untilHigh, { contact, score: { engagement: 25 }, does: [...does, promoted] });
  expect(later).toMatchObject({ outcome: 'won' });
});

test('silence leads out of a tier', async () => {
  const untilLow = untilHigh.replace('to: high', 'to: medium');
  // 15 + 10 + 50 = 75; silence from 6 January takes 5 on 5 February: 70, and a day later they are medium.
  const persona = { ...vp, score: { engagement: 40 }, does: [pricing('1 day')] };
  expect(await run(untilLow, persona)).toEqual({ outcome: 'won', at: '2026-02-06T09:00' });
});

test('conditions see the score of their moment', async () => {
  const branch = (days: number) => `
  - { id: rests, kind: wait, for: ${days} days }
  - { id: fork, kind: branch, cases: [{ when: { score: total, atLeast: 60 }, next: won }], else: lost }
  - { id: won, kind: exit, outcome: won }
  - { id: lost, kind: exit, outcome: lost }`;
  const persona = { ...vp, does: [pricing('1 day')] };
  // 15 + 10 + 25 + 10 = 60 from the second day on, until silence takes from it on 5 February.
  expect(await run(branch(30), persona)).toMatchObject({ outcome: 'won' });
  expect(await run(branch(32), persona)).toMatchObject({ outcome: 'lost' });
});
