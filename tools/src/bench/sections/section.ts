import type { PrivateMariaDb } from '../../services/private-mariadb.ts'
import type { Figure } from '../figures.ts'

/** Input of every benchmark section. */
export interface BenchRun {
  readonly rounds: number
  /** Duration of one measurement under load. */
  readonly seconds: number
  readonly temporalCli: string
  /** `null` if no MariaDB server is installed: its measurements are skipped, with a notice. */
  readonly mariadb: PrivateMariaDb | null
  /** The requested databases. */
  readonly databases: readonly ('sqlite' | 'mariadb')[]
  /** The repository of another build to measure alongside; `null`: none. */
  readonly beside: string | null
  /** Fixes per export. */
  readonly fixes: number
  /** Reports in the full table. */
  readonly reports: number
  /** Where the tables of `many-reports` are kept; `null`: skip that section. */
  readonly fixture: string | null
  /** Only write those tables. */
  readonly isOnlyPrepared: boolean
  /** Prints a progress line at once. */
  progress(line: string): void
}

/** One section of the benchmark. */
export interface Section {
  readonly name: string
  readonly about: string
  measure(run: BenchRun): Promise<Figure[]>
}

/** The databases this run can measure. */
export function databasesOf(run: BenchRun): readonly ('sqlite' | 'mariadb')[] {
  return run.databases.filter((database) => database === 'sqlite' || run.mariadb !== null)
}
