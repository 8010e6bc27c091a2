import type { Browser, Page } from 'playwright-core';
import { publishJourney } from '../../prisma/stores/journey-versions';
import { saveDraft } from '../../prisma/stores/journeys';
import { publishTemplate, saveTemplateDraft } from '../../prisma/stores/templates';
import { newVisitor, openBrowser } from '../support/browser';
import { apiClient, type ApiClient } from '../support/client';
import { poll } from '../support/poll';
import { startTestStack, type TestStack } from '../support/stack';

jest.setTimeout(90_000);

const journey = `
journey: guide
name: Guide
explain: Whoever asks for the guide gets it at once.
topic: education
stage: awareness
responsible: tests
review: 90 days
entry: [{ event: form.submitted, where: { form: guide } }]
steps:
  - { id: send-guide, kind: email, template: guide-link, send: at-once }
  - { id: rest, kind: wait, for: 5 days }
  - { id: done, kind: exit, outcome: completed }
`;

let stack: TestStack;
let api: ApiClient;
let browser: Browser;
beforeAll(async () => {
  stack = await startTestStack({ demo: true });
  api = apiClient(stack.apiUrl, stack.apiKey);
  const html = `<p><a href="${stack.apiUrl}/demo/blog">Read it</a></p>`;
  await saveTemplateDraft(stack.db, 'guide-link', { subject: 'Your guide', html, class: 'marketing' });
  await publishTemplate(stack.db, 'guide-link');
  await saveDraft(stack.db, 'guide', { source: journey });
  expect(await publishJourney(stack.db, 'guide')).toMatchObject({ kind: 'published' });
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const contactOf = async (email: string) => (await api.post('/v1/contacts/find', { email })).body;
const mailsTo = async (email: string) => (await api.get(`/v1/outbox?to=${email}`)).body.data;
const scoreOf = async (id: string) => (await api.get(`/v1/contacts/${id}/score`)).body;
const enrollmentsOf = async (id: string) => (await api.get(`/v1/enrollments?contactId=${id}`)).body.data;

async function mailed(email: string, traits: object): Promise<{ id: string; link: string }> {
  const batch = [
    { type: 'identify', userId: email, traits: { email, ...traits } },
    { type: 'track', userId: email, event: 'form.submitted', properties: { form: 'guide' } },
  ];
  expect((await api.post('/v1/batch', { batch })).body).toMatchObject({ accepted: 2 });
  const [mail] = await poll('the guide', async () => (await mailsTo(email)).length > 0 && mailsTo(email));
  const link = /href="([^"]+\/c\/[^"]+)"/.exec(mail.html)?.[1] ?? '';
  return { id: (await contactOf(email)).id, link };
}

/** As a reader goes from page to page. */
async function walk(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) {
    await page.click(`header >> text="${name}"`);
    await page.waitForFunction('nurture.loaded');
  }
}

test('from a mail to pricing, twice, to high intent', async () => {
  const { id, link } = await mailed('vera@example.test', { title: 'VP Marketing', industry: 'SaaS' });
  const visitor = await newVisitor(browser);
  const page = await visitor.newPage();
  await page.goto(link);
  await page.waitForFunction('nurture.loaded');
  expect(page.url()).toBe(`${stack.apiUrl}/demo/blog`);
  await walk(page, 'Pricing', 'Solutions');
  expect((await enrollmentsOf(id)).map((one: { journey: string }) => one.journey)).not.toContain('high-intent');
  await walk(page, 'Pricing');
  const entered = await poll('high intent', async () =>
    (await enrollmentsOf(id)).find((one: { journey: string }) => one.journey === 'high-intent'),
  );
  await poll('its first mail', async () => (await mailsTo('vera@example.test')).length >= 2);
  const [answers] = await mailsTo('vera@example.test');
  expect(answers).toMatchObject({ enrollmentId: entered.id, stepId: 'answers' });

  const score = await scoreOf(id);
  // By hand: decides 15 + target industry 10; click 5 + pricing 10 + pricing again 15.
  expect(score).toMatchObject({ total: 55, fit: 25, engagement: 30, tier: 'medium', ready: false });
  const given = score.contributions.map(({ rule, points }: { rule: string; points: number }) => `${rule} ${points}`);
  expect(given.sort()).toEqual(['click 5', 'decides 15', 'pricing 10', 'pricing-again 15', 'target-industry 10']);
  await visitor.close();
});

test('a visitor who signs up brings their past along', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.newPage();
  await page.goto(`${stack.apiUrl}/demo`);
  await walk(page, 'Blog', 'Pricing', 'Webinar');
  await page.fill('[name=email]', 'walt@example.test');
  await page.fill('[name=firstName]', 'Walt');
  await page.click('button');
  expect(await page.textContent('#thanks')).toContain('signed up');
  const { id } = await poll(
    'walt',
    async () => (await contactOf('walt@example.test')).id && contactOf('walt@example.test'),
  );
  const pathsOf = async () => {
    const { data } = (await api.get(`/v1/contacts/${id}/timeline?limit=200`)).body;
    const views = data.filter(({ type }: { type: string }) => type === 'page.viewed');
    return views.map(({ properties }: { properties: { path: string } }) => properties.path).reverse();
  };
  await poll('the past', async () => (await pathsOf()).length === 4);
  expect(await pathsOf()).toEqual(['/', '/blog', '/pricing', '/webinar']);
  await poll('the journey', async () =>
    (await enrollmentsOf(id)).find((one: { journey: string }) => one.journey === 'webinar-follow-up'),
  );
  expect((await contactOf('walt@example.test')).firstName).toBe('Walt');
  expect((await scoreOf(id)).engagement).toBe(10);
  await visitor.close();
});
