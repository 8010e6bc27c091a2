import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../../api/routes';
import { loadCatalog } from '../../prisma/catalog';
import { expandEvent, type NamedEvent } from '../../workflows/domain/events';
import { renderEventsPage } from '../../workflows/domain/events-page';
import { compileJourney } from '../../workflows/journeys/compile-journey';
import type { Graph } from '../../workflows/journeys/graph';
import { journeyJsonSchema } from '../../workflows/journeys/json-schema';
import { scoreModelJsonSchema } from '../../workflows/scoring-model/json-schema';
import { cataloguePage } from './catalogue/page';
import { withPeopleTables } from './contacts-page';

const docs = join(__dirname, '../../docs');

/** The pages of docs/ that are made from tables, as they should be. */
export function generatedPages(): { path: string; text: string }[] {
  return [
    { path: join(docs, 'catalogue.md'), text: cataloguePage() },
    { path: join(docs, 'contacts.md'), text: withPeopleTables(readFileSync(join(docs, 'contacts.md'), 'utf8')) },
    { path: join(docs, 'events.md'), text: renderEventsPage(listeners()) },
    { path: join(docs, 'api.md'), text: withRoutes(readFileSync(join(docs, 'api.md'), 'utf8')) },
    { path: join(docs, 'journey.schema.json'), text: `${JSON.stringify(journeyJsonSchema(), null, 2)}\n` },
    { path: join(docs, 'score-model.schema.json'), text: `${JSON.stringify(scoreModelJsonSchema(), null, 2)}\n` },
  ];
}

/** Event type → journeys of the catalogue that listen to it. */
function listeners(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { key, source } of loadCatalog().journeys) {
    const compiled = compileJourney(source, { templates: null, topics: null });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    for (const type of new Set(eventsOf(compiled.graph).flatMap(expandEvent))) (found[type] ??= []).push(key);
  }
  return found;
}

function eventsOf({ entries, exits, steps }: Graph): NamedEvent[] {
  const awaited = Object.values(steps).flatMap((step) => (step.kind === 'wait' ? step.on : []));
  return [...entries.filter((one) => one.kind === 'event'), ...exits, ...awaited];
}

const ROUTES_BEGIN = '<!-- routes: made from api/routes by test/support/write-docs.ts -->\n';

/** The page with everything from its mark on replaced by the table of routes. */
function withRoutes(page: string): string {
  const [before = ''] = page.split(ROUTES_BEGIN);
  return [before, ROUTES_BEGIN, ...[...new Set(routes.map(({ tag }) => tag))].map(routesOf)].join('');
}

/** Segment's short names for the same routes are left out. */
function routesOf(tag: string): string {
  const rows = routes
    .filter((route) => route.tag === tag && !/^\/v1\/[a-z]$/.test(route.path))
    .map(
      ({ method, path, scope, summary }) =>
        `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${scope === null ? 'no key' : [scope].flat().join(' or ')} |`,
    );
  return ['', `### ${tag}`, '', '| | | scope |', '|---|---|---|', ...rows, ''].join('\n');
}
