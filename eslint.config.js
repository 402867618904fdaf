import js from '@eslint/js';
import perfectionist from 'eslint-plugin-perfectionist';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import schemaRules from './tools/lint/schema-rules.js';
import textTables from './tools/lint/text-tables.js';

export default defineConfig(
  globalIgnores([
    'dist',
    'examples', // with packages of their own
    'out',
    'data',
    'models',
    'test/client/generated',
    'src/client/generated',
    'web/src/api/generated',
  ]),
  { ...js.configs.recommended, files: ['**/*.{js,cjs,mjs,ts,tsx}'] },
  schemaRules,
  {
    // Node's modules, packages, then the project's own from far to near; each by its path.
    files: ['**/*.{js,cjs,mjs,ts,tsx}'],
    plugins: { perfectionist },
    rules: {
      'perfectionist/sort-imports': [
        'error',
        {
          groups: ['side-effect', 'builtin', 'external', 'parent', ['sibling', 'index']],
          newlinesBetween: 'ignore',
          partitionByComment: true,
        },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `'constructor' in {}` is true: what users send is looked up in a Map, or behind Object.hasOwn.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "BinaryExpression[operator='in'][left.type!='Literal'][left.type!='PrivateIdentifier'][left.object.name!='Symbol']",
          message: 'Inherited names count as well: use a Map or Object.hasOwn.',
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Numbers in messages read as they are.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Indexing into vectors inside a bounded loop is the normal case in numerical code.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { latentql: { rules: { 'text-tables': textTables } } },
    rules: {
      'latentql/text-tables': 'error',
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Ports promise what SQLite does at once.
    files: ['src/jobs/sqlite/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    // What is written to a terminal is made of control characters.
    files: ['test/cli/progress-line.test.ts'],
    rules: { 'no-control-regex': 'off' },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        module: 'writable',
        require: 'readonly',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  {
    files: ['web/public/*.js'],
    languageOptions: { globals: { document: 'readonly', localStorage: 'readonly' } },
  },
);
