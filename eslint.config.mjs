import js from '@eslint/js';
import temporal from 'eslint-plugin-temporal';
import tseslint from 'typescript-eslint';

const processEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'only config.ts reads the environment: take what you need as an argument',
};
const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'export it by name' };
const waiting = ['setTimeout', 'setInterval'].map((name) => ({
  name,
  message: 'tests do not sleep: poll with test/support/poll.ts, or move the clock',
}));
const longFunctions = (max) => ['error', { max, skipBlankLines: true, skipComments: true }];

export default tseslint.config(
  { ignores: ['node_modules/', 'build/', 'coverage/', '.nurture/', 'prisma/generated/'] },
  js.configs.recommended,
  { rules: { 'no-control-regex': 'off' } }, // what people send is rid of control characters
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off', // an async function may fulfil a signature without waiting
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/unbound-method': 'off', // what we pass around are closures: nothing here has a `this`
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': longFunctions(60),
      'max-params': ['error', 3],
      'no-console': 'error',
      'no-restricted-syntax': ['error', processEnv, defaultExport],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    plugins: { temporal },
    rules: {
      'temporal/workflow-no-async-query-handler': 'error',
      'temporal/workflow-require-all-handlers-finished': 'error',
      'temporal/workflow-require-set-handler-early': 'error',
      'temporal/workflow-require-type-only-activity-imports': 'error',
    },
  },
  { files: ['workflows/*.workflow.ts'], rules: { 'max-lines-per-function': longFunctions(90) } },
  {
    files: ['config.ts', 'prisma.config.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', defaultExport] },
  },
  { files: ['prisma.config.ts', 'test/support/global-*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: [
      'stack/main.ts',
      'stack/create-key.ts',
      'stack/fetch-temporal.ts',
      'activities/worker.ts',
      'api/main.ts',
      'prisma/migrate.ts',
      'test/bench/**',
      'website/script/**', // who builds a site looks there
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-params': 'off', // the columns of test.each
      // supertest, jest's matchers and parsed JSON are `any`: what they hold is what the test is about.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['test/**/*.ts'], ignores: ['test/support/**'], rules: { 'no-restricted-globals': ['error', ...waiting] } },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        WebAssembly: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
