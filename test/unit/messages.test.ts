import { checkTemplate, type CheckedTemplate } from '../../messages/check-template';
import { faultsOf } from '../../messages/html';
import { messageHeaders, unsubscribeUrl } from '../../messages/headers';
import { renderMessage, type RenderInput } from '../../messages/render-message';
import { messageScope, type ScopeInput } from '../../messages/scope';

const layout = { postalAddress: 'Example Ltd\n1 Example Street', unsubscribeUrl: 'https://n.example/u/token' };
const aTemplate = (more: Partial<CheckedTemplate> = {}): CheckedTemplate => ({
  subject: 'Your guide',
  html: '<p>Here it is</p>',
  ...more,
});
const scopeOf = (more: Partial<ScopeInput> = {}) =>
  messageScope({ contact: {}, entry: {}, unsubscribeUrl: layout.unsubscribeUrl, ...more });
const render = (template: Partial<CheckedTemplate>, more: Partial<ScopeInput> & Pick<RenderInput, 'track'> = {}) => {
  const { track, ...scope } = more;
  return renderMessage({ template: aTemplate(template), scope: scopeOf(scope), layout, ...(track && { track }) });
};
const problems = async (template: Partial<CheckedTemplate>) =>
  (await checkTemplate(aTemplate(template))).map(
    ({ field, line, message }) => `${field}${line === undefined ? '' : `:${line}`} ${message}`,
  );

describe('renderMessage', () => {
  test('fills in person, event, owner and step', async () => {
    const { subject, html } = await render(
      {
        subject: 'Hi {{ contact.firstName }}',
        html: '{{ contact.traits.plan }} {{ event.properties.form }} {{ owner.email }} {{ with.asset }} {{ asset }} {{ tone }}',
      },
      {
        contact: { firstName: 'Ada', owner: 'rep@example.com', traits: { plan: 'pro' } },
        entry: { form: 'guide' },
        variables: { asset: 'none', tone: 'warm' },
        with: { asset: 'ebook' },
      },
    );
    expect(subject).toBe('Hi Ada');
    expect(html).toContain('pro guide rep@example.com ebook ebook warm');
  });

  test('keeps a default where the step has no value', async () => {
    const { html } = await render(
      { html: '<p>{{ asset }}</p>' },
      { variables: { asset: 'guide' }, with: { asset: null } },
    );
    expect(html).toContain('<p>guide</p>');
  });

  test('escapes data in HTML, not in subject and text', async () => {
    const contact = { company: 'A & <b>B</b>' };
    const { subject, html, text } = await render(
      { subject: '{{ contact.company }}', html: '<p>{{ contact.company }}</p>', text: '{{ contact.company }}' },
      { contact },
    );
    expect(subject).toBe('A & <b>B</b>');
    expect(html).toContain('<p>A &amp; &lt;b&gt;B&lt;/b&gt;</p>');
    expect(text).toContain('A & <b>B</b>');
  });

  test('escapes once where the author escapes, too', async () => {
    const { html } = await render({ html: '{{ contact.company | escape }}' }, { contact: { company: 'A & B' } });
    expect(html).toContain('A &amp; B');
  });

  test('lets no data begin another header', async () => {
    const { subject } = await render(
      { subject: 'Hi {{ contact.firstName }}' },
      {
        contact: { firstName: 'Ada\r\nBcc: all@example.com\u2028x' },
      },
    );
    expect(subject).toBe('Hi Ada Bcc: all@example.com x');
  });

  test('cuts a long subject', async () => {
    const { subject } = await render({ subject: '{{ contact.company }}' }, { contact: { company: '🙂'.repeat(500) } });
    expect([...subject]).toHaveLength(200);
  });

  test('renders nothing for what a person lacks', async () => {
    const { html } = await render({ html: '<p>Hi {{ contact.firstName }}{{ contact.traits.a.b }}!</p>' });
    expect(html).toContain('<p>Hi !</p>');
  });

  test('adds address and unsubscribe link', async () => {
    const { html, text } = await render({});
    expect(html).toContain('Example Ltd<br>1 Example Street');
    expect(html).toContain('href="https://n.example/u/token"');
    expect(text).toContain('1 Example Street');
    expect(text).toContain('https://n.example/u/token');
  });

  test('adds the footer to a whole page, too', async () => {
    const { html } = await render({ html: '<html><body><p>Hi</p></body></html>' });
    expect(html).toMatch(/Unsubscribe<\/a>[\s\S]*<\/body><\/html>$/);
    expect(html).not.toContain('<!doctype');
  });

  test('refuses to render without a postal address', async () => {
    const input = { template: aTemplate(), scope: scopeOf(), layout: { ...layout, postalAddress: ' ' } };
    await expect(renderMessage(input)).rejects.toThrow('postal address is missing');
  });

  test('makes a text part that keeps links', async () => {
    const { text } = await render({
      html: '<h1>Guide</h1><p>Read <a href="https://x.example/a?b=1&amp;c=2">it</a></p>',
    });
    expect(text).toContain('Guide\n');
    expect(text).toContain('Read it [https://x.example/a?b=1&c=2]');
  });

  test('leads links through the tracker, but not the opt-out', async () => {
    const seen: string[] = [];
    const { html, text } = await render(
      {
        html: `<a class='x' href='https://x.example/a?b=1&amp;c=2'>A</a> <a href="mailto:x@example.com">M</a>
          <a href="{{ unsubscribeUrl }}">out</a> <a href="https://y.example">Y</a>`,
      },
      { track: (urls) => (seen.push(...urls), Promise.resolve(urls.map((_, at) => `https://n.example/c/${at}`))) },
    );
    expect(seen).toEqual(['https://x.example/a?b=1&c=2', 'https://y.example']);
    expect(html).toContain('<a class="x" href="https://n.example/c/0">A</a>');
    expect(html).toContain('<a href="mailto:x@example.com">M</a>');
    expect(html.match(/https:\/\/n\.example\/u\/token/g)).toHaveLength(2);
    expect(text).toContain('https://n.example/c/1');
  });

  test('takes out links that data made unsafe', async () => {
    const { html } = await render(
      { html: '<a href="{{ contact.traits.site }}">site</a>' },
      {
        contact: { traits: { site: 'java\tscript:alert(1)' } },
      },
    );
    expect(html).toContain('<a>site</a>');
    expect(html).not.toContain('script:');
  });
});

describe('checkTemplate', () => {
  test('passes what the scope has', async () => {
    const html = `Hi {{ contact.firstName | default: "there" }}, {{ contact.traits.plan.name }} {{ event.properties.form }}
      {% if contact.industry == 'retail' %}a{% else %}b{% endif %} {{ owner.name }} {{ asset }} {{ with.anything }}
      {% for item in event.properties.items %}{{ item.title }}{% endfor %} {{ nickname | default: 'you' }}
      {% assign greeting = contact.firstName %}{{ greeting }} <a href="{{ unsubscribeUrl }}">out</a>`;
    expect(await problems({ html, variables: { asset: 'guide' } })).toEqual([]);
  });

  test('names unknown variables with their lines', async () => {
    expect(
      await problems({
        subject: 'Hi {{ firstname }}',
        html: '<p>\n{{ contact.first_name }}\n{{ contact.plan }}{{ event.form }}</p>',
        text: '{% if tier %}x{% endif %}',
      }),
    ).toEqual([
      'subject:1 unknown variable firstname: declare it under variables, or give it a default',
      'html:2 unknown variable contact.first_name: did you mean contact.firstName?',
      'html:3 unknown variable contact.plan: custom fields are contact.traits.<name>',
      'html:3 unknown variable event.form: properties of the entry event are event.properties.<name>',
      'text:1 unknown variable tier: declare it under variables, or give it a default',
    ]);
  });

  test('stops an endless loop', async () => {
    const started = performance.now();
    const [found] = await problems({ html: '{% for i in (1..100000000) %}{{ i }}{% endfor %}' });
    expect(found).toMatch(/^html:1 takes more than a mail may/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('stops a growing text', async () => {
    const html = '{% assign a = "xxxxxxxxxx" %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}{{ a }}';
    expect((await problems({ html }))[0]).toMatch(/takes more than a mail may/);
  });

  test.each([
    ['\nBcc: all@example.com', 'a line break would begin another header'],
    ['{% assign x = 1 %}', 'is empty for a person'],
    ['{{ contact.jobTitle }}', 'is empty for a person'],
  ])('refuses the subject %j', async (subject, message) => {
    expect((await problems({ subject }))[0]).toContain(message);
  });

  test.each([
    ['<script>x</script>', '<script> has no place in a mail'],
    ['<form action="https://x.example"></form>', '<form> has no place in a mail'],
    ['<a href="JavaScript:x">a</a>', 'may not lead to javascript:'],
    ['<a href="&#106;avascript:x">a</a>', 'may not lead to javascript:'],
    ['<a href="/pricing">a</a>', 'needs a whole address'],
    ['<a href="{{ contact.traits.url }}">a</a>', 'is empty'],
    ['<p onclick="x">a</p>', 'onclick runs code'],
    ['<img src="data:text/html,x">', 'may not lead to data:'],
    ['<meta http-equiv="Refresh" content="0;url=https://x.example">', '<meta> has no place'],
  ])('refuses %s', async (html, message) => {
    expect((await problems({ html: `<p>Hi</p>\n${html}` }))[0]).toMatch(/^html:2 /);
    expect((await problems({ html }))[0]).toContain(message);
  });

  test.each([
    ['{{ contact.firstName', 'html:1'],
    ['{{ contact.firstName | shout }}', 'html:1 undefined filter: shout'],
    ['{{ contact.company | raw }}', 'html:1 undefined filter: raw'],
    ['{% include "/etc/passwd" %}', 'html:1 tag "include" not found'],
    ['\n{% if contact.company %}', 'html:2'],
  ])('refuses %s as Liquid', async (html, message) => {
    expect((await problems({ html }))[0]).toContain(message);
  });

  test('refuses what mail programs would cut', async () => {
    expect((await problems({ html: 'x'.repeat(102_001) }))[0]).toContain('mail programs cut');
  });

  test('shows no prototype to a template', async () => {
    expect((await problems({ html: '{{ constructor }}{{ __proto__ }}' }))[0]).toContain('unknown variable constructor');
    const { html } = await render({ html: '<p>[{{ contact.traits.constructor }}{{ contact.traits.__proto__ }}]</p>' });
    expect(html).toContain('<p>[]</p>');
  });
});

test('keeps List-Unsubscribe below 78 bytes', () => {
  const url = unsubscribeUrl('https://nurture.example-company.com', 'a'.repeat(22));
  const headers = messageHeaders('01a20680-a097-7118-a1e1-ecf158fdf44d', url);
  expect(Buffer.byteLength(headers['List-Unsubscribe'] ?? '')).toBeLessThanOrEqual(77);
  expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
});

test('finds the line of a fault', () => {
  expect(faultsOf('<p>\n\n<IFRAME src="https://x.example">')).toMatchObject([{ line: 3 }]);
});
