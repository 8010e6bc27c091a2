/** Packages that are ES modules only: Jest has them compiled, Node imports them as they are. */
const modules = 'request-filtering-agent';

// What commands print is compared as text: no colours, also where the surroundings ask for them (CI, FORCE_COLOR).
Object.assign(process.env, { NO_COLOR: '1', FORCE_COLOR: '0' });

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(chaos|e2e|bench)/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.nurture/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 30_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    [`node_modules/(${modules})/.+\\.js$`]: ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${modules})/)`],
};
