import { blame, FoldFailure, StartOver } from '../../../activities/pump/errors';

const raw = (originalCode: string) => ({
  name: 'PrismaClientKnownRequestError',
  code: 'P2010',
  meta: { driverAdapterError: { cause: { originalCode, originalMessage: 'x' } } },
});

test.each(['22P05', '23514', '23505', '21000', '54000'])('%s can lie in an event', (state) => {
  expect(blame(raw(state))).toBe('data');
});

test.each(['08006', '40P01', '53300', '55P03', '57014', '57P01', '42601', '25P03'])(
  '%s concerns the batch',
  (state) => {
    expect(blame(raw(state))).toBe('batch');
  },
);

test('time-outs and lost connections concern the batch', () => {
  expect(blame({ code: 'P2028' })).toBe('batch');
  expect(blame({ code: 'P1001' })).toBe('batch');
  expect(blame(new Error('Connection terminated unexpectedly'))).toBe('batch');
});

test('the fold fails for its event, a race for nobody', () => {
  expect(blame(new FoldFailure('x'))).toBe('data');
  expect(blame(new StartOver('x'))).toBe('start-over');
});
