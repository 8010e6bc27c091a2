/** A page of the demonstration site: what stands between its head and its foot. HTML of ours alone. */
interface DemoPage {
  title: string;
  main: string;
}

/** By path below /demo. */
const pages: Readonly<Record<string, DemoPage>> = {
  '': {
    title: 'Follow up in time',
    main: `<p>You are on the demonstration site of your own Nurture. It is a website like any other: each page names
<code>/n.js</code>, so that Nurture sees the visits, and knows nothing of you until you say who you are.</p>
<ol>
<li>Read the <a href="/demo/blog">blog</a>, then look at <a href="/demo/solutions">solutions</a>.</li>
<li><a href="/demo/webinar">Sign up for the webinar</a> with any address that ends in <code>.test</code>. What you did
before is now this person's past.</li>
<li>Look at <a href="/demo/pricing">pricing</a>, go elsewhere, and come back. Whoever views pricing twice within a week
enters the journey <code>high-intent</code>.</li>
</ol>
<p>Then ask Nurture about it, from the folder you started it in:</p>
<pre>export KEY=$(node -p 'require("./.nurture/dev.json").apiKey')
curl -sS {{origin}}/v1/contacts/find -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' -d '{ "email": "you@example.test" }'
curl -sS "{{origin}}/v1/outbox?to=you@example.test" -H "Authorization: Bearer $KEY"</pre>`,
  },
  blog: {
    title: 'Why interested people go cold',
    main: `<p>Somebody downloads your guide on Monday. On Wednesday they compare you with two others. On Friday they are
asked in a meeting whom they would choose, and name the one who had written in between.</p>
<p>Interest has a half-life. An answer within the hour is a conversation; an answer within the week is an advertisement.
Most teams know this, and are late all the same, since nobody can watch every visitor.</p>
<p>So let the site tell you: not each click, but the pattern. Two visits to <a href="/demo/pricing">pricing</a> in a week
say more than ten opened newsletters.</p>`,
  },
  solutions: {
    title: 'For teams that answer',
    main: `<h2>Marketing</h2>
<p>A journey for each reason to be interested, in words that everybody on the team can read.</p>
<h2>Sales</h2>
<p>A task with the reason, the history and a deadline, when somebody is ready, and not before.</p>
<h2>Operations</h2>
<p>Every message explained: why now, why this one, and why that other one was not sent.</p>
<p>What does it cost? <a href="/demo/pricing">See pricing</a>.</p>`,
  },
  pricing: {
    title: 'Pricing',
    main: `<table>
<thead><tr><th scope="col">Plan</th><th scope="col">For</th><th scope="col">A month</th></tr></thead>
<tbody>
<tr><th scope="row">Small</th><td>one team, 10,000 contacts</td><td>€ 90</td></tr>
<tr><th scope="row">Team</th><td>five teams, 100,000 contacts</td><td>€ 390</td></tr>
<tr><th scope="row">Company</th><td>everybody</td><td><a href="/demo/webinar">talk to us</a></td></tr>
</tbody>
</table>
<p>The numbers are made up. Your visit is not: it has just been counted. Go to <a href="/demo/solutions">solutions</a> and
come back, and you have been here twice.</p>`,
  },
  webinar: {
    title: 'Webinar: the first hour',
    main: `<p>Forty minutes on what to send in the first hour, and twenty for your questions.</p>
<form data-nurture-form="webinar">
<label>E-mail <input name="email" type="email" autocomplete="email" required></label>
<label>First name <input name="firstName" autocomplete="given-name"></label>
<label>Company <input name="company" autocomplete="organization"></label>
<label>Job title <input name="jobTitle" autocomplete="organization-title"></label>
<button type="submit">Sign up</button>
</form>
<p id="thanks" role="status"></p>`,
  },
};

/** What the pages call. Paths are told as if the site had a host of its own, so that the catalogue's journeys see them. */
export const demoScript = `window.nurture = window.nurture || function () {
  (nurture.q = nurture.q || []).push([Date.now(), ...arguments]);
};
nurture('page', { path: location.pathname.slice('/demo'.length) || '/' });
const form = document.querySelector('form');
if (form) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const startsAt = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString();
    nurture('track', 'webinar.registered', { webinar: 'first-hour', startsAt });
    document.getElementById('thanks').textContent = 'You are signed up. Now look at pricing, twice.';
    form.reset();
  });
}
`;

export const demoStyle = `body{max-width:44rem;margin:0 auto;padding:1rem;font:1rem/1.6 system-ui,sans-serif;color:#1d2733;background:#fff}
header,footer{display:flex;gap:1rem;flex-wrap:wrap;border-bottom:1px solid #d5dce4;padding-bottom:.5rem}
footer{border:0;margin-top:3rem;font-size:.875rem}
label{display:block;margin:.75rem 0}input{display:block;font:inherit;padding:.4rem;width:100%;box-sizing:border-box}
button{font:inherit;padding:.5rem 1rem}pre{overflow-x:auto;background:#f3f5f8;padding:1rem}
th,td{text-align:left;padding:.4rem 1rem .4rem 0}a{color:#0b57a4}
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#14191f}pre{background:#1f262e}a{color:#8ec5ff}}
`;

/** The page at `/demo/<name>` as HTML; null if there is none. `writeKey` is a browser key. */
export function demoPage(name: string, { writeKey, origin }: { writeKey: string; origin: string }): string | null {
  const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
  if (!page) return null;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<link rel="stylesheet" href="/demo/style.css">
<script src="/demo/demo.js" defer></script>
<script src="/n.js" data-key="${writeKey}" data-page="manual" async></script>
</head>
<body>
<header>${menu()}</header>
<main>
<h1>${page.title}</h1>
${page.main.replaceAll('{{origin}}', origin)}
</main>
<footer>The demonstration site of Nurture. <a href="/docs">API</a></footer>
</body>
</html>
`;
}

function menu(): string {
  const names = { '': 'Home', blog: 'Blog', solutions: 'Solutions', pricing: 'Pricing', webinar: 'Webinar' };
  return Object.entries(names)
    .map(([path, name]) => `<a href="/demo${path && `/${path}`}">${name}</a>`)
    .join(' ');
}
