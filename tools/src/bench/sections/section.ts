import type { PrivateMariaDb } from '../../services/private-mariadb.ts'
import type { Figure } from '../figures.ts'

/** What every section of the benchmark is given. */
export interface BenchRun {
  readonly rounds: number
  /** Length of one measurement under load. */
  readonly seconds: number
  readonly temporalCli: string
  /** `null` if no MariaDB server is installed: its figures are left out, and said to be. */
  readonly mariadb: PrivateMariaDb | null
  /** Which databases are asked for. */
  readonly databases: readonly ('sqlite' | 'mariadb')[]
  /** The repository of another build to measure the same of; `null` = none. */
  readonly beside: string | null
  /** Fixes that are exported at once. */
  readonly fixes: number
  /** Reports of the full table. */
  readonly reports: number
  /** Where the tables of `many-reports` are kept; `null` = it is left out. */
  readonly fixture: string | null
  /** Only write those tables. */
  readonly isOnlyPrepared: boolean
  /** A line about what goes on, printed at once. */
  progress(line: string): void
}

/** One subject of the benchmark. */
export interface Section {
  readonly name: string
  readonly about: string
  measure(run: BenchRun): Promise<Figure[]>
}

/** The databases this run can measure. */
export function databasesOf(run: BenchRun): readonly ('sqlite' | 'mariadb')[] {
  return run.databases.filter((database) => database === 'sqlite' || run.mariadb !== null)
}
