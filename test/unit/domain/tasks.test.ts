import { entryRequest } from '../../../workflows/domain/entry-request';
import { filledValues } from '../../../workflows/domain/entry-values';
import { tierOf } from '../../../workflows/domain/scoring/tiers';
import { assigneeOf } from '../../../workflows/domain/tasks/assignee';
import { taskChoice } from '../../../workflows/domain/tasks/choice';
import { taskNote, taskTitle } from '../../../workflows/domain/tasks/texts';

const ann = { key: 'ann', name: 'Ann', email: 'Ann@example.com' };
const support = { key: 'support', name: 'Support' };
const sales = { key: 'sales', name: 'Sales' };
const staff = { reps: [ann], teams: [support, sales] };

test.each([
  ['owner', 'ann', { owner: 'ann', team: null }],
  ['owner', 'ANN@example.com', { owner: 'ann', team: null }],
  ['owner', ' Bob Byte ', { owner: 'Bob Byte', team: null }],
  ['owner', null, { owner: null, team: 'sales' }],
  ['owner', '  ', { owner: null, team: 'sales' }],
  ['support', 'ann', { owner: null, team: 'support' }],
])('a task to %s of %j is %j', (to, owner, whose) => {
  expect(assigneeOf(to, { owner, ...staff })).toEqual(whose);
});

test('without a sales team the first one takes it', () => {
  expect(assigneeOf('owner', { owner: null, reps: [], teams: [support] })).toEqual({ owner: null, team: 'support' });
  expect(assigneeOf('owner', { owner: null, reps: [], teams: [] })).toEqual({ owner: null, team: null });
});

test('a title is one line and never empty', () => {
  expect(taskTitle('  Call\n  Ann ')).toBe('Call Ann');
  expect(taskTitle(' \n ')).toBe('(no title)');
  expect([...taskTitle('😀'.repeat(400))]).toHaveLength(300);
  expect(taskTitle('😀'.repeat(300))).toBe('😀'.repeat(300));
  expect(taskNote(` a\nb${'x'.repeat(20_000)}`)).toMatch(/^a\nbx{9996}…$/);
});

test('entry values are filled in', () => {
  const values = { a: { entry: 'x.y' }, b: { entry: 'none' }, c: { entry: 'x', more: 1 }, d: [{ entry: 'x' }] };
  expect(filledValues(values, { x: { y: 1 } })).toEqual({ ...values, a: 1, b: null });
});

test('a visit asks another journey once', () => {
  const from = { enrollmentId: 'e', journeyKey: 'first', entry: { orderId: 7 } };
  expect(entryRequest({ journey: 'second', by: 'exit', with: { a: { entry: 'orderId' } }, visit: 4 }, from)).toEqual({
    type: 'journey.requested',
    messageId: 'journey.requested:e:4',
    properties: {
      ...{ journey: 'second', by: 'exit', from: 'first', enrollmentId: 'e' },
      entry: { orderId: 7, a: 7 },
    },
  });
});

test.each([
  [-5, 'none'],
  [0, 'none'],
  [1, 'low'],
  [25, 'low'],
  [26, 'medium'],
  [70, 'medium'],
  [71, 'high'],
])('%i points are %s', (points, tier) => expect(tierOf(points)).toBe(tier));

test.each([
  ['owner', { owner: 'ann', team: null, dueAt: null }, 'for ann'],
  [
    'owner',
    { owner: null, team: 'sales', dueAt: 0 },
    'for the team sales: the contact has no owner; due 1970-01-01T00:00:00.000Z',
  ],
  ['owner', { owner: null, team: null, dueAt: null }, 'for nobody: the contact has no owner'],
  ['support', { owner: null, team: 'support', dueAt: null }, 'for the team support'],
])('the decision on a task to %s with %j', (to, planned, reason) => {
  const step = { id: 'call', to, title: 't' };
  expect(taskChoice(step, { ...planned, title: 't', note: null }).reason).toBe(reason);
});
