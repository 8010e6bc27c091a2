import { hygieneChecks, type HygieneCheck } from '../../workflows/domain/people/hygiene';
import { industries } from '../../workflows/domain/people/industries';

/** The page about contacts with what stands between its marks made anew from the tables. */
export function withPeopleTables(page: string): string {
  return replaced(replaced(page, 'industries', industryList()), 'hygiene', hygieneTable());
}

function replaced(page: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${mark}`);
  return page.slice(0, from) + begin + text + page.slice(to);
}

function industryList(): string {
  const rows = industries.map(({ key, name, also }) => `| \`${key}\` | ${name} | ${also.slice(0, 4).join(', ')} … |`);
  return ['', '| | | also |', '|---|---|---|', ...rows, '', ''].join('\n');
}

function hygieneTable(): string {
  const checks: [string, HygieneCheck][] = Object.entries(hygieneChecks);
  const rows = checks.map(([key, { title, fix }]) => `| \`${key}\` | ${title} | ${fix} |`);
  const duplicates = '| `duplicates` | Records that look like one person | They are listed by `GET /v1/duplicates`. |';
  return ['', '| check | what is wrong | what to do |', '|---|---|---|', duplicates, ...rows, '', ''].join('\n');
}
