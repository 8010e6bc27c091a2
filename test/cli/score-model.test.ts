import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../cli/program';
import { loadJourney, simulate } from '../../cli/testing';

const journey = `journey: sorting
explain: Whoever asks is sorted by their points a day later.
topic: education
entry: [{ event: form.submitted }]
steps:
  - { id: a-day, kind: wait, for: 1 day }
  - id: sort
    kind: branch
    cases:
      - { when: { score: total, atLeast: 50 }, next: hot }
      - { when: { score: total, atLeast: 40 }, next: warm }
    else: cold
  - { id: hot, kind: exit, outcome: hot }
  - { id: warm, kind: exit, outcome: warm }
  - { id: cold, kind: exit, outcome: cold }
`;
/** By the standard model 15 points for who they are, and 25 for what they do. */
const persona = { contact: { jobTitle: 'VP of Sales' }, does: [{ after: '1 hour', event: 'demo.requested' }] };
const ours = 'model: ours\nexplain: Ours.\nengagement: [{ id: demo, on: demo.requested, points: 50 }]\n';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nurture-folder-'));
  mkdirSync(join(folder, 'personas'));
  writeFileSync(join(folder, 'sorting.yaml'), journey);
  writeFileSync(join(folder, 'personas/sorting.json'), JSON.stringify(persona));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(join(folder, 'score-model.yaml'), text);

async function nurture(...args: string[]) {
  let printed = '';
  const say = (text: string) => void (printed += `${text}\n`);
  return { code: await runCommand(args, { out: { print: say, tell: say } }), printed };
}

test('a folder without a model goes by the standard one', async () => {
  const { code, printed } = await nurture('simulate', 'sorting', '--folder', folder);
  expect([code, printed]).toEqual([0, expect.stringContaining('warm on')]);
});

test("a folder's model gives its points", async () => {
  write(ours);
  expect((await nurture('simulate', 'sorting', '--folder', folder)).printed).toContain('hot on');
});

test('so it does in tests', async () => {
  const outcome = async () => (await simulate(loadJourney(join(folder, 'sorting.yaml')), persona)).outcome;
  expect(await outcome()).toBe('warm');
  write(ours);
  expect(await outcome()).toBe('hot');
});

test('a model is checked with its folder', async () => {
  write(ours);
  expect(await nurture('validate', folder)).toEqual({
    code: 0,
    printed: '1 journey, 0 templates and the score model are sound.\n',
  });
  write(ours.replace('50', 'many'));
  const { code, printed } = await nurture('validate', folder);
  expect([code, printed]).toEqual([1, expect.stringContaining('score-model.yaml:3  `points` must be a number')]);
  expect((await nurture('simulate', 'sorting', '--folder', folder)).code).toBe(1);
});
