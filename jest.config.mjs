// The fault suite takes the machine for itself: `npm run test:faults`, and a call of its own in CI.
const apart = process.env.FAULTS === undefined ? ['<rootDir>/test/faults/(?!invariants)'] : [];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts', '<rootDir>/test/**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...apart],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'] },
  transform: { '\\.[cm]?[jt]s$': '<rootDir>/jest.transform.cjs' },
  transformIgnorePatterns: [],
  collectCoverageFrom: ['src/**/*.ts', '!src/main.ts', '!src/database/migrations/**'],
  coverageProvider: 'babel',
  maxWorkers: 2,
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFiles: ['<rootDir>/test/support/worker-env.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/once-more.ts'],
};
