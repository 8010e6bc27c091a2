import { guessTarget, isTarget, notesOn } from '../../../workflows/domain/importing/columns';
import { readRow, type FilePlan } from '../../../workflows/domain/importing/row';

const at = Date.parse('2026-06-01T00:00:00Z');
const header = ['E-Mail', 'Vorname', 'consent', 'consent text', 'consent date', 'Plan'];
const plan: FilePlan = { header, mapping: {}, marketing: true, consent: {}, topics: ['education'], at };
const row = (...cells: string[]) => ({ cells });
const person = (cells: string[], more: Partial<FilePlan> = {}) => readRow(row(...cells), { ...plan, ...more });

test.each([
  ['E-Mail', 'email'],
  ['Email Address', 'email'],
  ['first_name', 'firstName'],
  ['Prénom', 'firstName'],
  ['Job Title', 'jobTitle'],
  ['Unternehmen', 'company'],
  ['consent.topic', 'consent.topic'],
  ['traits.plan', 'traits.plan'],
  ['traits.email', 'email'],
  ['User ID', 'externalId'],
  ['external_id', 'externalId'],
  ['id', 'skip'],
  ['Kundennummer', 'skip'],
  ['traits.consent', 'skip'],
  ['Lieblingsfarbe', 'skip'],
  ['__proto__', 'skip'],
])('a column called %s is %s', (column, target) => {
  expect(guessTarget(column)).toBe(target);
});

test("a file's own ids are not guessed", () => {
  const cells = { cells: ['42', 'bob@x.test'] };
  const of = { ...plan, header: ['id', 'email'], marketing: false };
  expect(readRow(cells, of)).toMatchObject({ person: { externalId: null, email: 'bob@x.test' } });
  const mapping = { id: 'externalId' } as const;
  expect(readRow(cells, { ...of, mapping })).toMatchObject({ person: { externalId: '42' } });
});

test('a column that may be an id is told of', () => {
  const columns = ['Kunden-ID', 'ID', 'Kundennummer', 'email', 'Plan'];
  expect(notesOn(columns, { Kundennummer: 'skip' })).toEqual([expect.stringContaining('{"ID":"externalId"}')]);
});

test('a consent is no custom trait', () => {
  expect(isTarget('traits.consent')).toBe(false);
  expect(isTarget('traits.owner')).toBe(false);
});

test('a row with everything', () => {
  const cells = [' Ann@Example.test ', 'Ann', 'education', 'Yes, write to me.', '2026-03-01', 'pro'];
  expect(person(cells, { mapping: { Plan: 'traits.plan' } })).toEqual({
    kind: 'person',
    person: {
      email: 'Ann@Example.test',
      externalId: null,
      traits: { firstName: 'Ann', plan: 'pro' },
      consent: { topic: 'education', text: 'Yes, write to me.', at: '2026-03-01T00:00:00.000Z' },
      optOut: null,
    },
  });
});

const said = ['education', 'Yes.', '2026-03-01'] as const;

test.each([
  ['nobody', ['', 'Ann', ...said, '']],
  ['no consent', ['a@x.test', 'Ann', '', '', '', '']],
  ['another topic', ['a@x.test', 'Ann', 'cooking', 'Yes.', '2026-03-01', '']],
  ['no evidence', ['a@x.test', 'Ann', 'education', '', '2026-03-01', '']],
  ['no date', ['a@x.test', 'Ann', 'education', 'Yes.', '', '']],
  ['a date that is none', ['a@x.test', 'Ann', 'education', 'Yes.', 'last year', '']],
  ['a date to come', ['a@x.test', 'Ann', 'education', 'Yes.', '2027-01-01', '']],
])('a row with %s is refused', (_, cells) => {
  expect(person(cells)).toMatchObject({ kind: 'refused' });
});

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['01.03.2026', '2026-03-01T00:00:00.000Z'],
  ['13.3.2026', '2026-03-13T00:00:00.000Z'],
  ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
  ['2026-03-01T09:30:00+02:00', '2026-03-01T07:30:00.000Z'],
  ['03/01/2026', null],
  ['31.02.2026', null],
  ['1', null],
  ['yes 1', null],
  ['May 5', null],
  ['1767225600', null],
])('a consent of %s is of %s', (date, at) => {
  const read = person(['a@x.test', '', 'education', 'Yes.', date, '']);
  expect(read).toMatchObject(at === null ? { kind: 'refused' } : { person: { consent: { at } } });
});

test('what the file says holds for rows that do not', () => {
  const consent = { topic: 'education', source: 'Fair 2026', at: '2026-05-04' };
  const read = person(['a@x.test', '', '', '', '', ''], { consent });
  expect(read).toMatchObject({ person: { consent: { topic: 'education', source: 'Fair 2026' } } });
});

test('without marketing no consent is needed', () => {
  const read = person(['a@x.test', '', '', '', '', ''], { marketing: false });
  expect(read).toMatchObject({ kind: 'person', person: { consent: null } });
  const half = person(['a@x.test', '', 'education', '', '', ''], { marketing: false });
  expect(half).toMatchObject({ kind: 'refused' });
});

test('an id of nobody refuses the row', () => {
  const of = { ...plan, mapping: { id: 'externalId', mail: 'email' }, marketing: false } as const;
  const read = (id: string) => readRow({ object: { id, mail: 'a@x.test' } }, of);
  expect(read('NULL')).toEqual({ kind: 'refused', reason: expect.stringContaining('knows nobody') as string });
  expect(read('7')).toMatchObject({ kind: 'person', person: { externalId: '7' } });
});

test('an empty cell says nothing', () => {
  const read = person(['a@x.test', ' ', ...said, '']);
  expect(read).toMatchObject({ person: { traits: {} } });
});

test('bags of an object are columns', () => {
  const object = {
    externalId: 7,
    traits: { plan: 'pro', seats: 3, consent: { topic: 'education', source: 'crm', at: '2026-01-01' } },
    address: { city: 'Bern' },
  };
  expect(readRow({ object }, { ...plan, header: null })).toMatchObject({
    person: { externalId: '7', email: null, traits: { plan: 'pro', seats: 3 }, consent: { source: 'crm' } },
  });
});

describe('an opt-out', () => {
  const list = { ...plan, header: ['email', 'Unsubscribed', 'state', 'topic', 'date'] };
  const mapping = { state: 'consent.state', topic: 'consent.topic', date: 'consent.at' } as const;
  const read = (cells: string[], more: Partial<FilePlan> = {}) =>
    readRow({ cells: ['a@x.test', ...cells] }, { ...list, mapping, ...more });
  const of = (topic: string, day: string) => ({
    person: { consent: null, optOut: { topic, at: `${day}T00:00:00.000Z` } },
  });

  test.each([
    ['yes', ['yes', '', '', ''], of('*', '2026-06-01')],
    ['a date', ['2026-03-01', '', '', ''], of('*', '2026-03-01')],
    ['yes, beside a consent', ['TRUE', 'given', 'education', '2026-03-01'], of('*', '2026-06-01')],
    ['a state', ['', 'Unsubscribed', '', '2.3.2026'], of('*', '2026-03-02')],
    ['a state of a topic', ['no', 'withdrawn', 'education', ''], of('education', '2026-06-01')],
    ['a date to come, by a clock of its own', ['2027-01-01', '', '', ''], of('*', '2026-06-01')],
    ['a state of a date to come', ['', 'withdrawn', '', '2027-01-01'], of('*', '2026-06-01')],
  ])('is %s', (_, cells, found) => {
    expect(read(cells)).toMatchObject(found);
  });

  test.each([
    ['neither yes nor no', ['perhaps', '', '', ''], /neither yes nor no/],
    ['of an unknown state', ['', 'pending', '', ''], /neither given nor withdrawn/],
    ['of an unknown topic', ['', 'withdrawn', 'cooking', ''], /topic/],
    ['without a date that can be read', ['', 'withdrawn', '', 'once'], /no date/],
    ['not there, nor a consent', ['no', '', '', ''], /no consent/],
  ])('that is %s refuses the row', (_, cells, reason) => {
    expect(read(cells)).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) as string });
  });

  test('may be said of all rows', () => {
    const consent = { state: 'withdrawn', at: '2026-02-03' } as const;
    expect(read(['', '', '', ''], { consent })).toMatchObject(of('*', '2026-02-03'));
    expect(read(['', 'given', '', ''], { consent, marketing: false })).toMatchObject({ person: { optOut: null } });
  });

  test('is no trait', () => {
    expect(
      readRow({ object: { email: 'a@x.test', traits: { unsubscribed: true } } }, { ...list, header: null }),
    ).toEqual({
      kind: 'person',
      person: {
        ...{ email: 'a@x.test', externalId: null, traits: {}, consent: null },
        optOut: { topic: '*', at: '2026-06-01T00:00:00.000Z' },
      },
    });
  });
});
