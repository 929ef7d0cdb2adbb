import { readFileSync, readdirSync } from 'node:fs';
import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The floors of the house, ground first. A room may import only from floors below its own.
const FLOORS = JSON.parse(readFileSync(new URL('floors.json', import.meta.url), 'utf8'));

for (const { name } of readdirSync(new URL('src', import.meta.url), { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== 'cli',
)) {
  if (!FLOORS.flat().includes(name)) throw new Error(`src/${name} needs a floor in floors.json`);
}

const ROOF = [
  'app',
  'app.module',
  'data-source',
  'entities',
  'http-adapter',
  'interruption',
  'main',
  'open-database',
  'running-server',
  'serve',
];

const roomRules = FLOORS.flatMap((rooms, floor) =>
  rooms.map((room) => {
    const above = FLOORS.slice(floor)
      .flat()
      .filter((other) => other !== room);
    return {
      files: [`src/${room}/**/*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: `^(\\.\\./)+(${[...above, 'cli'].join('|')})/`,
                message: 'A room imports only from floors below its own (floors.json).',
              },
              {
                regex: `^(\\.\\./)+(${ROOF.join('|')})\\.js$`,
                message: 'Only the roof knows the roof.',
              },
            ],
          },
        ],
      },
    };
  }),
);

const restricted = {
  cycle: {
    selector: "CallExpression[callee.name='forwardRef']",
    message: 'A cycle is a misplaced room.',
  },
  // A package that is dear to load may wait until somebody needs it; a room may not.
  lazy: {
    selector: 'ImportExpression:not([source.value=/^[@a-z]/])',
    message: 'No lazy imports: fix the floor.',
  },
  exception: {
    selector: 'ThrowStatement > NewExpression[callee.name=/Exception$/]',
    message: 'Throw a Failure; only the filter speaks HTTP.',
  },
  env: {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Ask for Settings.',
  },
  clock: {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Ask the Clock.',
  },
};

export default defineConfig(
  { ignores: ['dist', 'coverage', '.data', 'test/support/generated', '**/*.mjs', '**/*.cjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  importX.flatConfigs.typescript,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      'no-console': 'error',
      complexity: ['error', 8],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      '@typescript-eslint/no-extraneous-class': [
        'error',
        { allowWithDecorator: true, allowEmpty: true },
      ],
      // DTOs and entities are shapes here: literals of them are meant.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: false },
        },
      ],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'import-x/order': ['error', { alphabetize: { order: 'asc' }, 'newlines-between': 'never' }],
      'no-restricted-syntax': ['error', ...Object.values(restricted)],
    },
  },
  ...roomRules,
  {
    files: ['src/config/**', 'src/common/clock.ts', 'src/main.ts', 'src/cli/**', 'ormconfig.ts'],
    rules: { 'no-restricted-syntax': 'off', 'import-x/no-default-export': 'off' },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': 'off',
      'import-x/no-default-export': 'off',
    },
  },
);
