import { setTimeout as passing } from 'node:timers/promises';
import { position, skip } from '../../workflows/contract/messages';
import { captured, crowd, enrollments, journeyOf, untilAll, untilQuiet, views } from '../support/crowd';
import { publishedJourney } from '../support/journeys';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { startWorld, type World } from '../support/world';

/** `OUTAGE_SECONDS=45` shows that a long one is no different. */
const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 8) * 1_000;

jest.setTimeout(120_000);

let proxy: TcpProxy;
let world: World;
beforeEach(async () => {
  const workerDatabase = async (url: string) => {
    proxy = await startTcpProxy(url);
    return proxy.through(url);
  };
  world = await startWorld({ overrides: { pump: undefined }, workerDatabase });
  for (const [key, rest] of Object.entries({ patient: '2 days', brief: '4 seconds', late: '1 second' })) {
    await publishedJourney(world.db, journeyOf(key, { rest }));
  }
});
afterEach(async () => {
  await world.stop();
  await proxy.stop();
});

const handle = (workflowId: string) => world.client.workflow.getHandle(workflowId);
const resting = { what: 'everybody to rest', is: ({ stepId }: { stepId: string | null }) => stepId === 'rest' };
const ended = { what: 'everybody to end', is: ({ outcome }: { outcome: string | null }) => outcome === 'completed' };

test.each([
  ['breaks', () => proxy.cut()],
  ['falls silent', () => proxy.mute()],
] as const)('the database %s for a while', async (_, goAway) => {
  const patient = await crowd(world.db, 'patient', { count: 10 });
  await untilAll(world.db, patient, resting);
  const brief = await crowd(world.db, 'brief', { count: 10 });
  await untilAll(world.db, brief, resting);
  const [viewer, ...others] = await enrollments(world.db, patient);

  goAway();
  const [began, cpu, tried] = [performance.now(), process.cpuUsage(), proxy.tried];
  // What is asked of the API meanwhile: it has connections of its own.
  const late = await crowd(world.db, 'late', { count: 5 });
  await views(world.db, viewer ? [viewer.email] : []);
  for (const { workflowId } of others) {
    expect(await handle(workflowId).query(position)).toMatchObject({ stepId: 'rest', phase: 'waiting' });
    await handle(workflowId).executeUpdate(skip);
  }
  expect(performance.now() - began).toBeLessThan(4_000); // answers do not wait for the database
  await passing(OUTAGE_MS - (performance.now() - began)); // the outage itself: nothing to poll for

  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1_000 / OUTAGE_MS).toBeLessThan(0.5);
  expect(proxy.tried - tried).toBeLessThan(400);
  expect(await enrollments(world.db, late)).toEqual([]);
  proxy.mend();

  const everybody = [...patient, ...brief, ...late];
  await untilAll(world.db, everybody, ended);
  const mails = {
    'patient-one': 10,
    'patient-two': 10,
    'brief-one': 10,
    'brief-two': 10,
    'late-one': 5,
    'late-two': 5,
  };
  expect(await captured(world.db)).toEqual({ mails, doubles: 0 });
  await untilQuiet(world.db);
});
