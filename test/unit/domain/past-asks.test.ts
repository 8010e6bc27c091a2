import { askOf, mergeAsks } from '../../../workflows/domain/entries/past';

const pages = { did: 'page.viewed', within: '7 days' };

test('the ask for most answers the others', () => {
  const asks = [{ ...pages, times: 2 }, { ...pages, times: 5 }, pages].map(askOf);
  expect(mergeAsks(asks)).toEqual([askOf({ ...pages, times: 5 })]);
});

test('asks about different things stay', () => {
  const asks = [pages, { ...pages, within: '8 days' }, { did: 'form.submitted' }].map(askOf);
  expect(mergeAsks(asks)).toEqual(asks);
  expect(mergeAsks([])).toEqual([]);
});
