import { underLock } from '../../prisma/stores/effects/context';
import { currentSettings } from '../../prisma/stores/current-settings';
import { findPast } from '../../prisma/stores/effects/past-events';
import { freshDatabase, type TestDatabase } from '../support/database';
import { publishedJourney } from '../support/journeys';
import { happening, pumped } from '../support/pump';
import { twoMails } from '../support/sending';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await publishedJourney(database.db, twoMails);
}, 60_000);
afterAll(() => database.drop());

const viewed = (path: string, more: Record<string, boolean> = {}) =>
  happening('page.viewed', { properties: { path, ...more } });

test('what matches is found behind what does not', async () => {
  const { db } = database;
  const others = Array.from({ length: 7 }, (_, i) => viewed(`/other-${i}`));
  const machine = viewed('/pricing', { machine: true });
  await pumped(db, [happening('form.submitted'), ...others, machine, viewed('/pricing'), viewed('/pricing')]);
  const { id: enrollmentId } = await db.enrollment.findFirstOrThrow();
  const [, first] = await db.event.findMany({
    where: { type: 'page.viewed', properties: { path: ['path'], equals: '/pricing' } },
    orderBy: { turn: 'asc' },
  });
  const awaited = (path: string) => [
    { slot: 0, types: ['page.viewed'], of: [], where: { path }, since: { turn: 0n } },
    { slot: 1, types: ['email.clicked'], of: ['first'], where: null, since: { turn: 0n } },
  ];
  const find = (page: number, path = '/pricing', deadline: number | null = null) =>
    underLock(
      { db, settings: currentSettings(db).current },
      { enrollmentId, visit: 1, stepId: 'first', closes: null, now: Date.now() },
      (tx, { reading }) => findPast(tx, reading, { awaited: awaited(path), deadline, page }),
    );
  for (const page of [1, 2, 3, 100]) expect((await find(page))?.event.seq).toBe(first?.seq);
  expect(await find(3, '/nowhere')).toBeNull();
  expect(await find(3, '/pricing', first?.receivedAt.getTime())).toBeNull();
});
