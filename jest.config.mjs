/**
 * One run, two projects: `fast` (beside the source, no services) and `int` (real MariaDB, real Temporal server, real
 * processes; their addresses come from `tools/testing/global-setup.ts` as environment variables).
 *
 *     npx jest --selectProjects fast -- packages/packets/
 *     npx jest --selectProjects int  -- packages/database/
 */

const swc = (parser) => [
  '@swc/jest',
  {
    jsc: {
      parser,
      target: 'es2022',
      transform: { react: { runtime: 'automatic' } },
      experimental: { keepImportAttributes: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
]

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // The condition makes `@paikea/x` mean its source; `require` and `default` are added by Jest for CommonJS.
  testEnvironmentOptions: { customExportConditions: ['@paikea/source', 'node', 'node-addons'] },
  transform: {
    '\\.[cm]?ts$': swc({ syntax: 'typescript' }),
    '\\.tsx$': swc({ syntax: 'typescript', tsx: true }),
    '\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  // Of what is in node_modules only ES modules are made into what Jest can load (by their ending, or by name), and what
  // imports when it runs.
  transformIgnorePatterns: [
    '/node_modules/(?!(netcdfjs|iobuffer|@mapbox/vector-tile|@mapbox/point-geometry|pbf|pmtiles|fflate|h5wasm|flatbush|flatqueue|openid-client|oauth4webapi|jose|oidc-provider|eta|nanoid|quick-lru|got|object-hash|raw-body|@opentelemetry/otlp-exporter-base)/).+(?<!\\.mjs)$',
  ],
  moduleFileExtensions: ['ts', 'tsx', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: [
    '<rootDir>/packages/[^/]+/dist',
    '<rootDir>/tools/dist',
    '<rootDir>/\\.nx/',
    '<rootDir>/data/',
  ],
  restoreMocks: true,
  waitForUnhandledRejections: true,
}

export default {
  projects: [
    {
      ...shared,
      displayName: 'fast',
      testMatch: ['<rootDir>/packages/*/src/**/*.test.ts?(x)', '<rootDir>/tools/src/**/*.test.ts?(x)'],
      setupFilesAfterEnv: ['<rootDir>/tools/testing/fast-timeout.ts'],
    },
    {
      ...shared,
      displayName: 'int',
      testMatch: ['<rootDir>/packages/*/test/**/*.int.test.ts?(x)', '<rootDir>/tools/test/**/*.int.test.ts?(x)'],
      runner: '<rootDir>/tools/testing/int-runner.mjs',
      setupFilesAfterEnv: ['<rootDir>/tools/testing/int-timeout.ts'],
      globalSetup: '<rootDir>/tools/testing/global-setup.ts',
      globalTeardown: '<rootDir>/tools/testing/global-teardown.ts',
    },
  ],
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/testing/count-line-reporter.mjs'],
}
