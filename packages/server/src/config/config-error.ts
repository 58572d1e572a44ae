/** One fault: which variable, and what it should be. Never its value. */
export interface ConfigFault {
  readonly variable: string
  readonly problem: string
}

/** The environment is invalid; the message is one line that names every faulty variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'CONFIG'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super(`wrong configuration: ${faults.map((fault) => `${fault.variable} ${fault.problem}`).join('; ')}`)
    this.faults = faults
  }
}
