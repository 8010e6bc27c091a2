import { captureTransport } from '../../activities/providers/mail/capture';
import { onlyTo } from '../../activities/providers/mail/create-transport';
import { contactWith, enrolled, publishedJourney } from '../support/journeys';
import { twoMails } from '../support/sending';
import { poll } from '../support/poll';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ overrides: { transport: (db) => onlyTo(['@ours.test'], captureTransport(db)) } });
}, 60_000);
afterAll(() => world.stop());

test('a trial goes on without mailing strangers', async () => {
  const versionId = await publishedJourney(world.db, twoMails);
  const contactId = await contactWith(world.db, 'stranger@elsewhere.test');
  const id = await enrolled(world.db, { contactId, versionId });
  const handle = await world.start(id);
  await poll('the rest', async () => (await world.db.enrollment.findUnique({ where: { id } }))?.stepId === 'rest');
  const sends = await world.db.send.findMany({ where: { enrollmentId: id } });
  expect(sends.map(({ state, reason }) => [state, reason])).toEqual([
    ['suppressed', 'not on the list (MAIL_ONLY_TO)'],
    ['suppressed', 'not on the list (MAIL_ONLY_TO)'],
  ]);
  await handle.cancel();
});
