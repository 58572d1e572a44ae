import type { Sequelize, Transaction } from 'sequelize'

import type { Ending, Statements } from './connection/statements.ts'
import type { BeliefRules } from './store-batch/plausible.ts'
import type { Models } from './tables/mod.ts'

/** An open database. Whoever opened it closes it. */
export interface Database {
  /** `mysql` includes MariaDB. */
  readonly dialect: 'sqlite' | 'mysql'
  readonly sequelize: Sequelize
  readonly models: Models
  /** Which positions are considered possible. */
  readonly beliefRules: BeliefRules
  /**
   * Migrates the tables to this version; safe if several processes do it at once. @returns the names of the migrations
   * it ran
   */
  migrate(): Promise<string[]>
  /** Undoes the last migration; for development. @returns its name */
  migrateDown(): Promise<string[]>
  pendingMigrations(): Promise<string[]>
  /** One read-only round trip to the database. @throws the driver's error if it is unreachable. */
  ping(): Promise<void>
  /**
   * Probes whether a message could be written now, without effect: by a write that is rolled back, or a real batch of
   * this process that succeeds meanwhile. Takes at most 1.5 s; concurrent callers share the result. Before `migrate()`
   * it fails.
   * @throws if not, with an error for `whyNotWritable`
   */
  tryWrite(): Promise<void>
  close(): Promise<void>
  /**
   * Runs `work` in one transaction and commits it. SQLite: one writer at a time, so never open another write inside
   * `work`. MySQL: READ COMMITTED; `work` is retried a few times if it loses a deadlock or a lock wait, so it must have
   * no effects outside the database.
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Like `write`, but bypasses Sequelize: for the few places that constantly send statements of a thousand values.
   * There, Sequelize's escaping and named parameters cost more than the rest, and its transaction as much as an empty
   * one in the database. `work` returns its last statements instead of running them.
   */
  writeStatements<T>(work: (sql: Statements) => Promise<Ending<T>>): Promise<T>
}

/** The groups whose things may be seen. An argument of every query that a user or a token can cause. */
export type GroupScope = { readonly all: true } | { readonly groupIds: readonly number[] }
