import type { Sequelize, Transaction } from 'sequelize'

import type { Ending, Statements } from './connection/statements.ts'
import type { BeliefRules } from './store-batch/plausible.ts'
import type { Models } from './tables/mod.ts'

/** An open database. Whoever opened it closes it. */
export interface Database {
  /** `mysql` also stands for MariaDB. */
  readonly dialect: 'sqlite' | 'mysql'
  readonly sequelize: Sequelize
  readonly models: Models
  /** Which positions are taken for possible. */
  readonly beliefRules: BeliefRules
  /** Brings the tables up to date; safe when several processes do it at once. Answers the names of the migrations it ran. */
  migrate(): Promise<string[]>
  /** Undoes the last migration; names it. For development. */
  migrateDown(): Promise<string[]>
  pendingMigrations(): Promise<string[]>
  /** One read-only round trip to the database. @throws the driver's error if it is unreachable. */
  ping(): Promise<void>
  /**
   * Finds out whether a message could be written now, and leaves nothing: a write that is taken back, or a batch of this process that gets
   * through meanwhile. Takes 1.5 s at most; who asks while it is being found out shares the answer. Before `migrate()` the answer is no.
   * @throws if it could not, with an error for `whyNotWritable`
   */
  tryWrite(): Promise<void>
  close(): Promise<void>
  /**
   * Runs `work` in one transaction and commits it. SQLite: one writer at a time, so never open another write inside `work`.
   * MySQL: READ COMMITTED; `work` runs again, a few times, when it lost a deadlock or a lock wait: it must do nothing outside the database.
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * As `write`, past Sequelize: for the few places where statements of a thousand values are sent all the time. Its escaping and its named
   * parameters cost more there than the rest, and its transaction as much as an empty one in the database. `work` hands over its
   * last statements instead of running them.
   */
  writeStatements<T>(work: (sql: Statements) => Promise<Ending<T>>): Promise<T>
}

/** Which groups' things may be seen. An argument of every query that a person or a token can cause. */
export type GroupScope = { readonly all: true } | { readonly groupIds: readonly number[] }
