import { renderMessage } from '../../../messages/render-message';
import { messageScope } from '../../../messages/scope';
import { loadCatalog } from '../../../prisma/catalog';
import type { Json } from '../../../workflows/domain/json';

const { templates } = loadCatalog();
const unsubscribeUrl = 'https://example.com/u/x';

/** Nobody in particular, and somebody for each block that depends on the reader. */
const readers: Record<string, Json>[] = [
  {},
  ...['Sales Manager', 'Head of Marketing', 'CFO, Finance', 'IT developer', 'CEO', 'Team lead'].map((jobTitle) => ({
    ...{ jobTitle, firstName: 'Ada', company: 'Lovelace GmbH', phone: '+49 30 1234567', industry: 'Manufacturing' },
    ...{ primaryChallenge: 'too many hand-overs', purchaseTimeline: 'this year', owner: 'Grace Hopper' },
  })),
  ...['Software', 'Healthcare', 'Consulting'].map((industry) => ({ industry })),
  { traits: { renewsAt: '2027-02-01', autoRenew: true } },
];

function mailsOf(template: (typeof templates)[number]) {
  const layout = { postalAddress: 'ADDRESS', unsubscribeUrl };
  const entry = {
    startsAt: '2026-12-03T14:00:00Z',
    endsAt: '2026-12-07T09:00:00Z',
    orderId: 'o-1',
    competitor: 'Acme',
  };
  const scopes = readers.flatMap((contact) =>
    [{}, entry].map((properties) =>
      messageScope({ contact, entry: properties, variables: template.variables, unsubscribeUrl }),
    ),
  );
  return Promise.all(scopes.map((scope) => renderMessage({ template, scope, layout })));
}

test.each(templates.map((template) => [template.key, template] as const))(
  '%s keeps to the style',
  async (_, template) => {
    for (const { subject, html, text } of await mailsOf(template)) {
      const body = text.replace(/\[https?:[^\]]*\]/g, '').replace(/ADDRESS[^]*$/, '');
      const words = body.split(/\s+/).filter((word) => word !== '').length;
      expect(subject.length).toBeLessThanOrEqual(60);
      expect(`${subject} ${body}`).not.toMatch(/!|\bundefined\b|\bnull\b|\{\{|\{%|\[object| ,| \.\s/);
      expect(words).toBeGreaterThanOrEqual(60);
      expect(words).toBeLessThanOrEqual(160);
      const links = [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = '']) => href);
      expect(links.filter((href) => href !== unsubscribeUrl)).toEqual([
        expect.stringMatching(/^https:\/\/www\.example\.com\//),
      ]);
    }
  },
);

test('no two mails have the same subject', () => {
  const subjects = templates.map(({ subject }) => subject);
  expect(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)).toEqual([]);
});
