import type { SqlValue } from '../connection/statements.ts'
import type { Dialect, InOf } from './kinds.ts'
import { columnName, type Kinds, type Table } from './table.ts'

/** Some columns of a table for an INSERT, and the writer of their values in the same order. */
export interface RowWriter<Values> {
  readonly columns: readonly string[]
  /** @throws RangeError if a date is invalid */
  write(dialect: Dialect, values: Values): readonly SqlValue[]
}

export function rowWriter<K extends Kinds, P extends keyof K & string>(
  { kinds }: Table<K>,
  properties: readonly P[],
): RowWriter<{ readonly [Q in P]: InOf<K[Q]> }> {
  const columns = properties.map((property) => columnName(property, kinds[property] as K[P]))
  // `values` holds what the property's kind accepts, under the property's name.
  const writers = properties.map((property) => [property, kinds[property]?.write as WriteAny] as const)
  return {
    columns,
    write: (dialect, values) => writers.map(([property, write]) => write(values[property], dialect)),
  }
}

type WriteAny = (value: unknown, dialect: Dialect) => SqlValue
