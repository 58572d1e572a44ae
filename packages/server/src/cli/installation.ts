import type { Config } from '../config/load-config.ts'

/** What `doctor` looks at. */
export interface Installation {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  /** Set up by `npm start`, which also brings up what does not run. */
  readonly isStarted: boolean
  /** Set up by `npm start` and not running: that its parts are silent is as it should be. */
  readonly isStopped: boolean
}

/** One line of `doctor`'s answer. `stopped`: not running, and nothing wrong with that. `care`: it works, and should not stay so. */
export interface Finding {
  readonly verdict: 'ok' | 'stopped' | 'care' | 'WRONG'
  readonly what: string
  readonly detail: string
}
