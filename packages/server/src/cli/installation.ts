import type { Config } from '../config/load-config.ts'

/** What `doctor` examines. */
export interface Installation {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  /** Set up by `npm start`, which also restarts what is not running. */
  readonly isStarted: boolean
  /** Set up by `npm start` and not running: its silent parts are expected. */
  readonly isStopped: boolean
}

/**
 * One line of `doctor`'s report. `stopped`: not running, as expected. `care`: it works, but should not stay that way.
 */
export interface Finding {
  readonly verdict: 'ok' | 'stopped' | 'care' | 'WRONG'
  readonly what: string
  readonly detail: string
}
