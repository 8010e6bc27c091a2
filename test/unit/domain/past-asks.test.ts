import { askOf, mergeAsks } from '../../../workflows/domain/entries/past';

const pages = { did: 'page.viewed', within: '7 days' };

test('the ask for most answers the others', () => {
  const asks = [{ ...pages, times: 2 }, { ...pages, times: 5 }, pages].map(askOf);
  expect(mergeAsks(asks)).toEqual([askOf({ ...pages, times: 5 })]);
});

test('who looks back further answers for less', () => {
  const short = askOf(pages);
  const long = askOf({ ...pages, within: '2 weeks' });
  const ever = askOf({ did: 'page.viewed', times: 3 });
  expect(mergeAsks([short, long])).toEqual([long]);
  expect(mergeAsks([ever, long, short])).toEqual([ever]);
});

test('working days reach over weekends', () => {
  const working = askOf({ ...pages, within: '10 working days' });
  const days = askOf({ ...pages, within: '12 days' });
  expect(mergeAsks([days, working])).toEqual([working]);
});

test('neither further nor more alone answers', () => {
  const asks = [
    { ...pages, times: 5 },
    { ...pages, within: '30 days', times: 2 },
  ].map(askOf);
  expect(mergeAsks(asks)).toEqual(asks);
});

test('asks about different things stay', () => {
  const asks = [pages, { ...pages, where: { machine: true }, within: '8 days' }, { did: 'form.submitted' }].map(askOf);
  expect(mergeAsks(asks)).toEqual(asks);
  expect(mergeAsks([])).toEqual([]);
});
