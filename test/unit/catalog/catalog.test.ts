import { checkTemplate } from '../../../messages/check-template';
import { renderMessage } from '../../../messages/render-message';
import { messageScope } from '../../../messages/scope';
import { loadCatalog } from '../../../prisma/catalog';
import { compileJourney } from '../../../workflows/journeys/compile-journey';
import type { Json } from '../../../workflows/domain/json';

const { journeys, templates } = loadCatalog();
const lookups = { templates: new Set(templates.map(({ key }) => key)), topics: new Set(['education', 'product']) };

test.each(journeys.map(({ key, source }) => [key, source]))('journey %s compiles under its key', (key, source) => {
  expect(compileJourney(source, lookups)).toMatchObject({ ok: true, graph: { journey: key } });
});

test.each(templates.map((template) => [template.key, template] as const))(
  'template %s passes its checks',
  async (_key, template) => {
    expect(await checkTemplate(template)).toEqual([]);
  },
);

test('every template is sent by a journey', () => {
  const sent = journeys.flatMap(({ source }) => [...source.matchAll(/template: ([a-z-]+)/g)].map(([, key]) => key));
  expect([...new Set(sent)].sort()).toEqual(templates.map(({ key }) => key).sort());
});

test('what they asked for is transactional', () => {
  const transactional = templates.filter((template) => template.class === 'transactional').map(({ key }) => key);
  expect(transactional).toEqual([
    'demo-confirmation',
    'ebook-delivery',
    'guide-delivery',
    'order-thank-you',
    'referral-thanks',
    'trial-welcome',
    'webinar-confirmation',
    'webinar-today',
  ]);
});

test.each([
  ['Computer Software', 'How a software team won back its trial users', '/software'],
  ['manufacturing', 'How a machine builder answers quotes in a day', '/manufacturing'],
  ['Health Care', 'How a clinic group stopped losing enquiries', '/healthcare'],
  ['Consulting', 'How a consultancy fills its calendar quietly', '/services'],
  [null, 'How a team of six answers everybody in an hour', '/first-hour'],
])('case study for %p', async (industry, subject, link) => {
  const mail = await rendered('case-study-by-industry', { industry });
  expect(mail.subject).toBe(subject);
  expect(mail.html).toContain(`https://www.example.com/case-studies${link}"`);
});

// Whoever has the browser key may send an `assetUrl`: mails of ours would carry links of theirs.
test('the guide greets by name, links its own', async () => {
  const mail = await rendered('guide-delivery', { firstName: 'Ada' }, { assetUrl: 'https://phish.test/guide.pdf' });
  expect(mail.subject).toBe("Here is your beginner's guide, Ada");
  expect(mail.html).toContain('https://www.example.com/guides/beginners-guide.pdf');
  expect(mail.html).not.toContain('phish.test');
  expect((await rendered('guide-delivery', {})).text).toContain('Hi there,');
});

function rendered(key: string, contact: Record<string, Json>, entry: Record<string, Json> = {}) {
  const template = templates.find((one) => one.key === key);
  if (template === undefined) throw new Error(`no template ${key}`);
  const unsubscribeUrl = 'https://example.com/u/x';
  const scope = messageScope({ contact, entry, variables: template.variables, unsubscribeUrl });
  return renderMessage({ template, scope, layout: { postalAddress: '1 Main Street', unsubscribeUrl } });
}
