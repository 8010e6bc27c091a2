import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { randomUUID } from 'node:crypto';
import { registerSearchAttributes } from '../../activities/search-attributes';
import { poll } from '../support/poll';
import { testTemporal } from '../support/temporal';

const NAMES = ['ContactId', 'EnrollmentStatus', 'JourneyKey', 'JourneyVersion'];
let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: testTemporal().address });
});
afterAll(() => connection.close());

test('a started server has the search attributes', async () => {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(NAMES));
  expect(await registerSearchAttributes(connection, 'default')).toEqual([]);
});

test('a started server keeps histories for 30 days', async () => {
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
});

test('another namespace is given them once', async () => {
  const namespace = `attributes-${randomUUID()}`;
  const day = msToTs('1 day');
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
  const register = () => registerSearchAttributes(connection, namespace).catch(() => null);
  const added = await poll('the namespace to be known', register);
  expect(added.sort()).toEqual(NAMES);
  expect(await registerSearchAttributes(connection, namespace)).toEqual([]);
});
