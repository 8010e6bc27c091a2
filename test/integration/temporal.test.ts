import { Connection } from '@temporalio/client';
import { testTemporal } from '../support/temporal';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: testTemporal().address });
});
afterAll(() => connection.close());

test('search attributes are registered at the start', async () => {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(['JourneyKey', 'JourneyVersion', 'ContactId', 'EnrollmentStatus']),
  );
});
