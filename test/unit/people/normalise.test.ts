import { industries } from '../../../workflows/domain/people/industries';
import { normaliseField } from '../../../workflows/domain/people/normalise';

/** What is said → what is stored; null for what stays as it was said, and is unclear. */
type Table = [said: string, stored: string | null][];

function holds(name: string, table: Table, country?: string): void {
  test.each(table)(`${name} %j is %j`, (said, stored) => {
    const read = normaliseField(name, said, { country });
    if (stored === null) expect(read).toEqual({ value: said, unclear: true });
    else expect(read).toEqual(stored === said ? { value: said } : { value: stored, given: said });
  });
}

describe('time zones', () => {
  holds('timezone', [
    ['Europe/Berlin', 'Europe/Berlin'],
    ['EUROPE/berlin', 'Europe/Berlin'],
    ['America/New York', 'America/New_York'],
    ['US/Eastern', 'America/New_York'],
    ['utc', 'UTC'],
    ['UTC+2', null],
    ['x'.repeat(10), null],
  ]);
});

describe('countries', () => {
  holds('country', [
    ['DE', 'DE'],
    ['de', 'DE'],
    ['DEU', 'DE'],
    ['gbr', 'GB'],
    ['Deutschland', 'DE'],
    ['germany', 'DE'],
    ['Germany (DE)', 'DE'],
    ['Allemagne', 'DE'],
    ['Alemania', 'DE'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['United States of America', 'US'],
    ['Vereinigte Staaten', 'US'],
    ['États-Unis', 'US'],
    ['Estados Unidos', 'US'],
    ['UK', 'GB'],
    ['U.K.', 'GB'],
    ['England', 'GB'],
    ['Großbritannien', 'GB'],
    ['The Netherlands', 'NL'],
    ['Holland', 'NL'],
    ['Österreich', 'AT'],
    ['Schweiz', 'CH'],
    ['Suisse', 'CH'],
    ['España', 'ES'],
    ['Côte d’Ivoire', 'CI'],
    ['Trinidad & Tobago', 'TT'],
    ['Brasil', 'BR'],
    ['Türkiye', 'TR'],
    ['中国', 'CN'],
    ['日本', 'JP'],
    ['Россия', 'RU'],
    ['Congo', null],
    ['Atlantis', null],
    ['EU', null],
    ['xx', null],
  ]);
});

test.each(['country', 'language'])('a %s of brackets without end is read at once', (name) => {
  const endless = '('.repeat(400_000);
  const started = performance.now();
  expect(normaliseField(name, endless)).toEqual({ value: endless, unclear: true });
  // Read again from each bracket on, it would be minutes.
  expect(performance.now() - started).toBeLessThan(2_000);
});

describe('languages', () => {
  holds('language', [
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de_DE', 'de'],
    ['ger', 'de'],
    ['deu', 'de'],
    ['German', 'de'],
    ['deutsch', 'de'],
    ['Allemand', 'de'],
    ['alemán', 'de'],
    ['English', 'en'],
    ['anglais', 'en'],
    ['inglés', 'en'],
    ['eng', 'en'],
    ['Français', 'fr'],
    ['español', 'es'],
    ['Castellano', 'es'],
    ['pt-BR', 'pt'],
    ['zh-Hans-CN', 'zh'],
    ['Chinese (simplified)', 'zh'],
    ['iw', 'he'],
    ['日本語', 'ja'],
    ['Norwegian', 'no'],
    ['nb', 'nb'],
    ['Klingon', null],
    ['xx', null],
    ['en-US,en;q=0.9', null],
  ]);
});

describe('company sizes', () => {
  holds('companySize', [
    ['1-10', '1-10'],
    ['10001+', '10001+'],
    ['1', '1-10'],
    ['10', '1-10'],
    ['11', '11-50'],
    ['50', '11-50'],
    ['50+', '51-200'],
    ['100+', '51-200'],
    ['51–200', '51-200'],
    ['11 to 50', '11-50'],
    ['11 bis 50', '11-50'],
    ['100-250', '51-200'],
    ['1,001-5,000', '1001-5000'],
    ['1.001-5.000', '1001-5000'],
    ['10 000', '5001-10000'],
    ['> 1000', '1001-5000'],
    ['über 500', '501-1000'],
    ['< 10', '1-10'],
    ['up to 50', '11-50'],
    ['200 employees', '51-200'],
    ['250 Mitarbeiter', '201-500'],
    ['10k+', '10001+'],
    ['1.5k', '1001-5000'],
    ['self-employed', '1-10'],
    ['0', null],
    ['10-5', null],
    ['-5', null],
    ['many', null],
    ['enterprise', null],
  ]);

  test('a number is a size too', () => {
    expect(normaliseField('companySize', 4711)).toEqual({ value: '1001-5000', given: '4711' });
  });
});

describe('phone numbers', () => {
  holds('phone', [
    ['+4915112345678', '+4915112345678'],
    ['+49 151 23456789', '+4915123456789'],
    ['0049 151 23456789', '+4915123456789'],
    ['+49 (0) 151 23456789', '+4915123456789'],
    ['tel:+4915123456789', '+4915123456789'],
    ['+1 415 555 2671', '+14155552671'],
    ['+49 30 901820 ext. 12', '+4930901820'],
    ['0151 23456789', null],
    ['call me', null],
  ]);
  holds('phone', [['0151 23456789', '+4915123456789']], 'DE');
  holds('phone', [['+44 20 7946 0958', '+442079460958']], 'DE');
  holds('phone', [['12', null]], 'DE');
  holds('phone', [['(415) 555-2671', '+14155552671']], 'US');
  holds('phone', [['415.555.2671', '+14155552671']], 'CA');
  holds('phone', [['020 7946 0958', '+442079460958']], 'GB');
  holds('phone', [['06 12 34 56 78', '+33612345678']], 'FR');
  holds('phone', [['612 345 678', '+34612345678']], 'ES');
  holds('phone', [['044 668 18 00', '+41446681800']], 'CH');
  holds('phone', [['02 1234 5678', '+390212345678']], 'IT');
  holds('phone', [['0151 23456789', null]], 'Atlantis');

  test('one that nobody has is still written as one', () => {
    expect(normaliseField('phone', '+1 (555) 000-1111')).toEqual({
      value: '+15550001111',
      given: '+1 (555) 000-1111',
      unclear: true,
    });
    expect(normaliseField('phone', '+15550001111')).toEqual({ value: '+15550001111', unclear: true });
  });
});

describe('industries', () => {
  holds('industry', [
    ['saas', 'saas'],
    ['SaaS', 'saas'],
    ['Software-as-a-Service', 'saas'],
    ['Softwareentwicklung', 'software'],
    ['IT', 'it-services'],
    ['Information Technology & Services', 'it-services'],
    ['Banking', 'financial-services'],
    ['Services financiers', 'financial-services'],
    ['Seguros', 'insurance'],
    ['Maschinenbau', 'manufacturing'],
    ['Hospital & Health Care', 'healthcare'],
    ['Santé', 'healthcare'],
    ['Higher Education', 'education'],
    ['Éducation', 'education'],
    ['Öffentliche Verwaltung', 'government'],
    ['E-Commerce', 'retail'],
    ['Großhandel', 'wholesale'],
    ['Oil & Gas', 'energy'],
    ['Leisure, Travel & Tourism', 'hospitality'],
    ['Immobilien', 'real-estate'],
    ['Logística', 'logistics'],
    ['Werbung', 'marketing'],
    ['cabinet de conseil', 'consulting'],
    ['Blockchain', null],
    ['other', null],
  ]);

  test('no name stands for two', () => {
    for (const { key, name, also } of industries)
      for (const called of [key, name, ...also])
        expect([called, normaliseField('industry', called)?.value]).toEqual([called, key]);
  });

  test('a company adds its own, and names of others', () => {
    const rules = {
      traits: [],
      industries: [
        { key: 'web3', name: 'Web3', also: ['Blockchain', 'Crypto'] },
        { key: 'software', name: 'Software', also: ['Banking software'] },
      ],
    };
    const read = (text: string) => normaliseField('industry', text, { rules })?.value;
    expect(['blockchain', 'WEB3', 'banking software', 'Banking'].map(read)).toEqual([
      ...['web3', 'web3', 'software', 'financial-services'],
    ]);
  });
});

test.each([
  ['firstName', '  Ann ', { value: 'Ann' }],
  ['company', ' ', { value: null }],
  ['country', '', { value: null }],
  ['budget', 5000, { value: '5000' }],
  ['industry', null, { value: null }],
  ['email', 'Ann@Example.TEST', { value: 'ann@example.test', given: 'Ann@Example.TEST' }],
  ['targetAccount', 'yes', { value: true }],
  ['targetAccount', 'perhaps', undefined],
  ['country', { code: 'DE' }, undefined],
  ['lastName', 'Mu\u0308ller', { value: 'Müller' }],
])('%s %j becomes %j', (name, said, read) => {
  expect(normaliseField(name, said)).toEqual(read);
});
