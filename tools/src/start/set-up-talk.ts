import type { TemporalPartOptions } from './temporal-part.ts'

/** One of our programs as serialisable data for `nodePart`. */
export interface ProgramPlan {
  readonly name: string
  readonly logFile: string
  /** Path of its main module. */
  readonly script: string
  readonly arguments: readonly string[]
  /** Passed until it has been ready once. */
  readonly firstArguments: readonly string[]
  /** On top of the starter's own environment. */
  readonly env: Readonly<Record<string, string>>
}

/** What the starter has to run and supervise. */
export interface InstallationPlan {
  readonly dataFolder: string
  readonly temporal: TemporalPartOptions
  readonly server: ProgramPlan
  readonly simulator: ProgramPlan | null
}

/** The server's `ready` message. */
export interface ServerReady {
  /** For registering the demo fleet; only on request. */
  readonly token: string | null
  readonly newAdmin: { readonly email: string; readonly passwordFile: string | null } | null
  /** Why the database does not respond; `null` if it does. */
  readonly databaseAway: string | null
}

/** Messages from the set-up to the starter, in this order; `failed` instead of any of them. */
export type SetUpSays =
  /** Flags and environment are read; the folder must be locked before anything is written into it. */
  | { readonly type: 'hold'; readonly dataFolder: string }
  | { readonly type: 'plan'; readonly plan: InstallationPlan }
  /** The demo fleet is registered, or none is wanted: the simulator may start. */
  | { readonly type: 'registered' }
  | { readonly type: 'failed'; readonly text: string }

/** Messages from the starter. */
export type StarterSays =
  | { readonly type: 'held'; readonly wasAbandoned: boolean }
  | { readonly type: 'server-ready'; readonly ready: ServerReady }
  /** Everything runs: the set-up prints where to look, and ends. */
  | { readonly type: 'up'; readonly ready: ServerReady; readonly seconds: number }
