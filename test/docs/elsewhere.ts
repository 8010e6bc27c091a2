/** Commands of the pages that one running stack cannot execute, and what does. */
export const elsewhere: ReadonlyMap<string, string> = new Map([
  ['npm ci\nnpm start', '.ci/run does the first, test/integration/stack.test.ts the second'],
  ['npm test', 'this is it'],
  [
    'npm run --silent build:cli\nnpm pack ./build/cli',
    'test/cli/packed.test.ts does both, and installs what comes out',
  ],
  [
    "npx jest test/unit/timing/deadline.test.ts\nnpx jest test/unit/config -t 'real transport'",
    'jest inside of jest; test/docs/agreement.test.ts looks whether the files are there',
  ],
  ['POSTGRES_PASSWORD=choose-one docker compose up --build', 'needs Docker'],
  ['node --import tsx test/support/write-docs.ts', 'test/unit/docs compares what it would write'],
]);
