import type { TemporalPartOptions } from './temporal-part.ts'

/** One of our own programs, as `nodePart` takes it, in data that can be sent. */
export interface ProgramPlan {
  readonly name: string
  readonly logFile: string
  /** Path of its main module. */
  readonly script: string
  readonly arguments: readonly string[]
  /** Added until it was ready once. */
  readonly firstArguments: readonly string[]
  /** Over the starter's own environment. */
  readonly env: Readonly<Record<string, string>>
}

/** What the starter has to run and look after. */
export interface HousePlan {
  readonly dataFolder: string
  readonly temporal: TemporalPartOptions
  readonly server: ProgramPlan
  readonly simulator: ProgramPlan | null
}

/** What the server tells when it is ready. */
export interface ServerReady {
  /** For setting up the demo fleet; only if it was asked for. */
  readonly token: string | null
  readonly newAdmin: { readonly email: string; readonly passwordFile: string | null } | null
  /** Why nobody answers at the database's address; `null` if it answers. */
  readonly databaseAway: string | null
}

/** What the set-up tells the starter, in this order; `failed` instead of any of them. */
export type SetUpSays =
  /** Flags and environment are read; the folder has to be held before anything is written into it. */
  | { readonly type: 'hold'; readonly dataFolder: string }
  | { readonly type: 'plan'; readonly plan: HousePlan }
  /** The demo fleet is registered, or none is wanted: the simulator may begin. */
  | { readonly type: 'registered' }
  | { readonly type: 'failed'; readonly text: string }

/** What the starter answers. */
export type StarterSays =
  | { readonly type: 'held'; readonly wasAbandoned: boolean }
  | { readonly type: 'server-ready'; readonly ready: ServerReady }
  /** Everything runs: the set-up prints where to look, and ends. */
  | { readonly type: 'up'; readonly ready: ServerReady; readonly seconds: number }
