import fc from 'fast-check';
import { companyFor, filledFrom, type CompanyNow } from '../../../workflows/domain/people/belong';
import { taught, understood, type Company, type CompanySaid } from '../../../workflows/domain/people/company';
import { companyDomainOf, registeredDomain, websiteDomain } from '../../../workflows/domain/people/company-domain';
import { groupOf } from '../../../workflows/domain/people/group';
import { plainRules } from '../../../workflows/domain/people/normalise';

test.each([
  ['ann@acme.test', 'acme.test'],
  ['ann@mail.acme.test', 'acme.test'],
  ['ann@eu.acme.co.uk', 'acme.co.uk'],
  ['ann@xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['Ann@ACME.Test', 'acme.test'],
  ['ann@gmail.com', null],
  ['ann@googlemail.com', null],
  ['ann@gmx.de', null],
  ['ann@web.de', null],
  ['ann@t-online.de', null],
  ['ann@outlook.com', null],
  ['ann@yahoo.co.uk', null],
  ['ann@icloud.com', null],
  ['ann@proton.me', null],
  ['ann@mailinator.com', null],
  ['ann@sub.mailinator.com', null],
  ['ann@acme.uk.com', 'acme.uk.com'],
  ['ann@mail.acme.de.com', 'acme.de.com'],
  ['ann@acme.co.nl', 'acme.co.nl'],
  ['ann@shop.myshopify.com', 'shop.myshopify.com'],
  ['ann@acme.onmicrosoft.com', 'acme.onmicrosoft.com'],
  ['ann@acme.mail.onmicrosoft.com', 'acme.onmicrosoft.com'],
  ['ann@onmicrosoft.com', null],
  ['ann@uk.com', null],
  ['ann@10.0.0.1', null],
  ['ann@localhost', null],
  ['ann@co.uk', null],
  ['acme.test', null],
  ['', null],
])('the company of %s is at %s', (address, domain) => {
  expect(companyDomainOf(address)).toBe(domain);
});

test.each([
  ['https://www.acme.test/about?x=1', 'acme.test'],
  ['www.acme.test', 'acme.test'],
  [' ACME.test ', 'acme.test'],
  ['https://acme.github.io/docs', 'acme.github.io'],
  ['https://acme.onmicrosoft.com/', 'acme.onmicrosoft.com'],
  ['https://www.BÜCHER.example/', 'bücher.example'],
  ['no domain', null],
  ['http://10.0.0.1/', null],
])('the domain in %j is %s', (text, domain) => {
  expect(registeredDomain(text)).toBe(domain);
});

test.each([
  ['acme.test', 'acme.test'],
  ['https://www.facebook.com/acme', null],
  ['https://sites.google.com/acme', null],
  ['gmail.com', null],
  ['mailinator.com', null],
])('a website at %s is at the domain %s', (text, domain) => {
  expect(websiteDomain(text)).toBe(domain);
});

const nothing = { name: null, industry: null, companySize: null, country: null, targetAccount: null, owner: null };
const aCompany = (fields: Partial<Company['fields']> = {}): Company => ({
  ...{ fields: { ...nothing, ...fields }, traits: {}, origins: {} },
});
const saying = (fields: CompanySaid['fields'], more: Partial<CompanySaid> = {}): CompanySaid => ({
  ...{ fields, traits: {}, from: 'group', seq: 1 },
  ...more,
});
const after = (company: Company, ...all: CompanySaid[]) =>
  all.reduce((known, said) => taught(known, said, plainRules).company, company);

describe('what is said of a company', () => {
  test('the newest word stays, in whatever order it comes', () => {
    const [older, newer] = [saying({ name: 'Old', owner: 'kim' }, { seq: 5 }), saying({ name: 'New' }, { seq: 9 })];
    for (const order of [
      [older, newer],
      [newer, older],
    ])
      expect(after(aCompany(), ...order).fields).toMatchObject({ name: 'New', owner: 'kim' });
  });

  test('any order of the same events leaves the same', () => {
    const field = fc.constantFrom('SaaS', 'Retail', null);
    const traits = fc.dictionary(fc.constantFrom('plan', 'seats'), fc.constantFrom('a', 'b', null), { maxKeys: 2 });
    const fields = fc.record({ industry: field, name: fc.constantFrom('Acme', 'Other') }, { requiredKeys: [] });
    const events = fc.uniqueArray(fc.record({ fields, traits, seq: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ seq }) => seq,
    });
    const orders = events.chain((said) =>
      fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })),
    );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const words = (said: typeof one) => said.map(({ fields, ...more }) => saying(fields, more));
        const [first, second] = [after(aCompany(), ...words(one)), after(aCompany(), ...words(other))];
        expect(second).toEqual(first);
      }),
    );
  });

  test('a value that is confirmed stays against older ones', () => {
    const said = [saying({ industry: 'SaaS' }, { seq: 5 }), saying({ industry: 'SaaS' }, { seq: 9 })];
    expect(after(aCompany(), ...said, saying({ industry: 'Retail' }, { seq: 7 })).fields.industry).toBe('saas');
    const byHand = after(aCompany({ name: 'Acme' }), saying({ name: 'Acme' }, { from: 'hand', seq: 8 }));
    expect(after(byHand, saying({ name: 'Late' }, { seq: 7 })).fields.name).toBe('Acme');
  });

  test('a provider fills what is empty and no more', () => {
    const said = saying({ name: 'Theirs', industry: 'Banking' }, { from: 'enrichment' });
    const { company, changed } = taught(aCompany({ name: 'Ours' }), said, plainRules);
    expect(changed).toEqual(['industry']);
    expect(company.fields).toMatchObject({ name: 'Ours', industry: 'financial-services' });
  });

  test('a person overwrites, and older events do not come back', () => {
    const company = after(
      aCompany(),
      ...[saying({ name: 'Event' }, { seq: 5 }), saying({ name: 'Person' }, { from: 'hand', seq: 7 })],
      saying({ name: 'Late event' }, { seq: 6 }),
    );
    expect(company.fields.name).toBe('Person');
    expect(after(company, saying({ name: 'Newer' }, { seq: 8 })).fields.name).toBe('Newer');
  });

  test('traits are added, and null removes one', () => {
    const one = taught(aCompany(), saying({}, { traits: { a: 1, b: 2 }, seq: 1 }), plainRules);
    const two = taught(one.company, saying({}, { traits: { a: null, c: 3 }, seq: 2 }), plainRules);
    expect([two.changed, two.company.traits]).toEqual([['traits'], { b: 2, c: 3 }]);
    expect(taught(two.company, saying({}, { traits: { c: 3 }, seq: 3 }), plainRules).changed).toEqual([]);
  });

  test('what was unclear is read again by rules of today', () => {
    const before = after(aCompany(), saying({ industry: 'Weaving', companySize: 'huge' }, { seq: 4 }));
    const rules = { traits: [], industries: [{ key: 'textiles', name: 'Textiles', also: ['Weaving'] }] };
    const { company, changed } = understood(before, rules);
    expect([changed, company.fields.industry]).toEqual([['industry'], 'textiles']);
    expect(company.origins).toMatchObject({
      industry: { given: 'Weaving', from: 'group', seq: 4 },
      companySize: { unclear: true },
    });
    expect(understood(company, rules).changed).toEqual([]);
  });

  test('what cannot be held changes nothing', () => {
    expect(taught(aCompany(), saying({ targetAccount: 'perhaps', name: { a: 1 } }), plainRules).changed).toEqual([]);
  });
});

describe('groups', () => {
  const traits = {
    company: 'Acme',
    industry: 'SaaS',
    group: { id: ' 42 ', website: 'https://www.acme.test', address: { country: 'DE' }, owner: 'kim', plan: 'pro' },
  };

  test('traits of a group are told apart', () => {
    expect(groupOf({ traits, fromBrowser: false })).toEqual({
      groupId: '42',
      domain: 'acme.test',
      fields: { name: 'Acme', industry: 'SaaS', country: 'DE', owner: 'kim' },
      traits: { plan: 'pro' },
    });
  });

  test.each([
    [{ traits, fromBrowser: true }],
    [{ traits: { group: 'acme' }, fromBrowser: false }],
    [{ traits: { group: { id: '' } }, fromBrowser: false }],
    [{ traits: {}, fromBrowser: false }],
  ])('%j names none', (event) => {
    expect(groupOf(event)).toBeNull();
  });
});

describe('members', () => {
  const company: CompanyNow = {
    id: 'one',
    fields: { ...nothing, name: 'Acme', industry: 'saas', country: 'DE' },
    origins: { industry: { from: 'enrichment' } },
  };

  test('what is empty is filled, what came from a company follows', () => {
    const fields = { company: null, industry: 'Retail', owner: 'kim', country: null };
    const origins = { owner: { from: 'company' as const } };
    expect(filledFrom({ fields, origins }, company)).toEqual({
      changed: { company: 'Acme', owner: null },
      origins: { company: { from: 'company' } },
    });
    expect(filledFrom({ fields: { ...fields, industry: null }, origins: {} }, company).origins).toMatchObject({
      industry: { from: 'enrichment' },
    });
  });

  test('a group holds against an address', () => {
    const member = { fields: {}, origins: { companyId: { from: 'group' as const } }, companyId: 'one' };
    expect(companyFor(member, { group: null, domain: 'two' })).toBeNull();
    expect(companyFor(member, { group: 'two', domain: null })).toEqual({ id: 'two', by: 'group' });
    expect(companyFor({ ...member, origins: {} }, { group: null, domain: 'two' })).toEqual({ id: 'two', by: 'domain' });
    expect(companyFor(member, { group: null, domain: null })).toBeNull();
  });
});
