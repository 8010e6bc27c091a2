const wf = (path) => `^workflows/${path}`;
const npm = (names) => `^node_modules/(${names})/`;
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    rule(
      'domain-is-pure',
      'plain functions and types: no Temporal, no Node, no other folder; time zones only in timing',
      { path: wf('domain/'), pathNot: wf('domain/(timing|people)/') },
      { pathNot: [wf('domain/')] },
    ),
    rule(
      'timing-knows-zones',
      'calendars, zones and holidays come from packages, and nothing else does',
      { path: wf('domain/timing/') },
      { pathNot: [wf('domain/'), npm('luxon|@types/luxon|countries-and-timezones|date-holidays')] },
    ),
    rule(
      'people-know-the-world',
      'names of countries and languages, phone numbers and domains come from packages, and nothing else does',
      { path: wf('domain/people/') },
      {
        pathNot: [
          wf('domain/'),
          npm('i18n-iso-countries|@cospired/i18n-iso-languages|awesome-phonenumber|tldts|disposable-email-domains'),
          npm('email-providers'),
        ],
      },
    ),
    rule(
      'bundle-takes-only-types-of-people',
      'lists of countries and domains stay out of the workflow bundle',
      { path: wf('(interpreter/|[^/]+$)'), pathNot: wf('interpreter/virtual/') },
      { path: wf('domain/people/'), dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'journeys-are-data',
      'definitions see the domain, zod and the parser of YAML',
      { path: wf('journeys/') },
      { pathNot: [wf('(journeys|domain)/'), npm('zod|yaml')] },
    ),
    rule(
      'score-models-are-data',
      'their documents are read as those of journeys are, in the same language',
      { path: wf('scoring-model/') },
      { pathNot: [wf('(scoring-model|journeys|domain)/'), npm('zod')] },
    ),
    rule(
      'contract-is-leaf',
      'shared by API, worker and tests, so it may import none of them',
      { path: wf('contract/') },
      { pathNot: [wf('(contract|journeys|domain)/'), npm('@temporalio/(workflow|common)')] },
    ),
    rule(
      'interpreter-knows-no-temporal',
      'it also runs on a virtual clock and over past histories: it acts through its Host',
      { path: wf('interpreter/') },
      { path: npm('@temporalio/[^/]+') },
    ),
    rule(
      'bundle-takes-only-types-of-journeys',
      'the schemas of documents stay out of the workflow bundle',
      { path: wf('(interpreter/|[^/]+$)') },
      { path: wf('(journeys|scoring-model)/'), dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'sandbox',
      'nothing under workflows/ reaches the outside, through however many imports',
      { path: '^workflows/' },
      {
        reachable: true,
        path: ['^(activities|api|prisma|stack|test)/', '^config[.]ts$', npm('@prisma|express|@sendgrid')],
      },
    ),
    rule('no-node-in-workflows', 'the sandbox has no Node', { path: '^workflows/' }, { dependencyTypes: ['core'] }),
    rule(
      'workflow-code-is-private',
      'outside workflows/ only contract, journeys, domain and interpreter are imported; the bundle is named by path',
      { path: '^(activities|api|prisma|stack)/' },
      { path: '^workflows/', pathNot: wf('(contract|journeys|scoring-model|domain|interpreter|simulation)/') },
    ),
    rule(
      'messages-are-pure',
      'from a template and what is known to a mail: the same in preview, worker and tests',
      { path: '^messages/' },
      { pathNot: ['^messages/', wf('domain/'), npm('liquidjs|html-to-text|@types/html-to-text|htmlparser2')] },
    ),
    rule(
      'website-is-for-browsers',
      'the script of a website has a browser and nothing else',
      { path: '^website/script/' },
      { pathNot: '^website/script/' },
    ),
    rule(
      'the-script-is-a-file',
      'what runs in browsers is bundled by website/build.ts, never imported',
      { pathNot: '^website/script/' },
      { path: '^website/script/' },
    ),
    rule(
      'worker-and-api-meet-in-temporal',
      'neither process imports the other; only stack/ starts both',
      { path: '^(activities|api)/' },
      { path: '^(activities|api|stack)/', pathNot: '^$1/' },
    ),
    rule(
      'messages-are-made-of-data',
      'turning a template into a mail needs no database, no network and no clock: worker and API both do it',
      { path: '^messages/' },
      { pathNot: ['^messages/', wf('domain/'), npm('liquidjs|html-to-text|@types/html-to-text|htmlparser2')] },
    ),
    rule(
      'prisma-is-below',
      'the store knows the rules and the contract, and nothing of its callers; the drift check is a tool with a server of its own',
      { path: '^prisma/', pathNot: '^prisma/drift[.]mjs$' },
      { path: ['^(activities|api|messages|stack|test)/', wf('(interpreter/|[^/]+$)')] },
    ),
    rule(
      'one-door-to-the-database',
      'only prisma/ imports the generated client',
      { pathNot: '^(prisma|test)/' },
      { path: [npm('@prisma'), '^prisma/generated/'] },
    ),
    rule(
      'config-enters-at-the-entry-points',
      'everything else is handed its settings; types of them may be named anywhere',
      { pathNot: '^(api/main|activities/worker|prisma/migrate|stack/|test/)' },
      { path: '^config[.]ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule('nothing-imports-tests', 'test support stays in test/', { pathNot: '^test/' }, { path: '^test/' }),
    rule(
      'nothing-is-missing',
      'every import resolves, and is listed in package.json',
      { pathNot: '^test/' },
      { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    ),
    rule('no-cycles', 'a cycle hides which of the two is below', { pathNot: '^prisma/generated/' }, { circular: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^prisma/generated/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'types', 'default'] },
  },
};
