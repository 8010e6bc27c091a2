/** Commands of the pages that one running stack cannot execute, and what does. */
export const elsewhere: ReadonlyMap<string, string> = new Map([
  ['npm ci\nnpm start', '.ci/run does the first, test/integration/stack.test.ts the second'],
  [
    'POSTGRES_PASSWORD=choose-one docker compose up --build',
    'needs Docker; the file is checked by `docker compose config`',
  ],
]);
