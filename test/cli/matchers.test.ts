import { join } from 'node:path';
import '../../cli/jest';
import { loadJourney, paths, simulate } from '../../cli/testing';

const ebook = loadJourney(join(__dirname, '../../workflows/journeys/catalog/ebook-follow-up.yaml'));
const clicks = { after: '3 hours', event: 'email.clicked', of: 'case-study' };

test('what is sent, in its order', async () => {
  await expect(simulate(ebook)).toSend(['guide-delivery', 'guide-case-study', 'guide-video']);
  await expect(simulate(ebook, { does: [clicks] })).toSend(['deliver-guide', 'case-study', 'benefits']);
  await expect(simulate(ebook)).not.toSend(['guide-delivery', 'guide-case-study']);
});

test("dates are the persona's own", async () => {
  const persona = { entersAt: '2026-10-24T18:00', contact: { timezone: 'America/New_York' } };
  await expect(simulate(ebook, persona)).toSend([
    { send: 'guide-delivery', on: '2026-10-24', at: '18:00' },
    { send: 'guide-case-study', on: '2026-10-26', at: '18:00' },
    'guide-video',
  ]);
});

test('how it ends', async () => {
  await expect(simulate(ebook)).toEndWith('completed');
  await expect(simulate(ebook, { does: [{ after: '1 day', event: 'meeting.booked' }] })).toEndWith('meeting-booked');
});

test('a failure shows the whole run', async () => {
  const failing = expect(simulate(ebook)).toSend(['guide-delivery', 'guide-case-study', 'product-benefits']);
  await expect(failing).rejects.toThrow(/guide-video on 2026-01-12 at 09:00[^]*five-days +wait: timeout/);
});

test('a persona that cannot be is refused', async () => {
  const impossible = { does: [{ after: '1 day', event: 'email.clicked', of: 'case-studi' }] };
  await expect(simulate(ebook, impossible)).rejects.toThrow(
    /no step `case-studi` sends a message \(did you mean `case-study`\?\)/,
  );
});

test('a document that is not sound is refused', () => {
  expect(() => loadJourney(join(__dirname, 'bad.yaml'))).toThrow(/ENOENT/);
});

test('all paths are walked', async () => {
  const { paths: all, untaken } = await paths(ebook);
  expect([all.map(({ outcome }) => outcome), untaken]).toEqual([['completed', 'completed'], []]);
});

test('a task says for whom, and what', async () => {
  const welcome = loadJourney(join(__dirname, '../../workflows/journeys/catalog/welcome.yaml'));
  const contact = { firstName: 'Ada', owner: 'sam', targetAccount: true };
  const { tasks } = await simulate(welcome, { contact, entry: { asset: 'The first hour' } });
  expect(tasks).toMatchObject([
    {
      stepId: 'linkedin-request',
      for: 'sam',
      title: 'Invite Ada on LinkedIn',
      note: 'Downloaded The first hour. Refer to it; do not sell yet.',
      dueAt: '2026-01-08T17:00:00.000Z',
    },
  ]);
});
