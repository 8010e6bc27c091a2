import { v7 } from 'uuid';
import { noFacts } from '../../workflows/domain/conditions/condition';
import { evaluate } from '../../workflows/domain/conditions/evaluate';
import { builtInSegments } from '../../workflows/domain/conditions/segments';
import { testApi, type TestApi } from './harness';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
  const people = [
    { lifecycleStage: 'Customer' },
    { lifecycleStage: 'customers' },
    { lifecycleStage: 'opportunity' },
    { lifecycleStage: 'lead', targetAccount: true },
    { targetAccount: false },
    {},
  ];
  await api.db.contact.createMany({ data: people.map((person) => ({ id: v7(), ...person })) });
});
afterAll(() => api.drop());

test.each(Object.keys(builtInSegments))('%s are whom conditions mean', async (segment) => {
  const { body } = await api.get(`/v1/contacts?segment=${segment}`).expect(200);
  const people = await api.db.contact.findMany({ orderBy: { id: 'desc' } });
  const meant = people.filter(({ lifecycleStage, targetAccount }) => {
    const contact = { lifecycleStage, targetAccount };
    return evaluate({ segment }, { ...noFacts, contact }).holds;
  });
  expect(meant).toHaveLength(1);
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(meant.map(({ id }) => id));
});

test('an unknown segment is refused', async () => {
  const { body } = await api.get('/v1/contacts?segment=everybody').expect(400);
  expect(body.errors[0].pointer).toBe('#/segment');
  expect(body.errors[0].detail).toBe('There is no segment everybody.');
});
