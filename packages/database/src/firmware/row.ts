import { parseTime, WRONG } from '../sql/parse.ts'
import type { RawRow } from '../sql/selection.ts'

/**
 * Reads a row of a hand-written `SELECT`. A missing column or one of another type is an error that names table and
 * column.
 */
export interface RowReader {
  number(column: string): number
  numberOrNull(column: string): number | null
  text(column: string): string
  textOrNull(column: string): string | null
  time(column: string): Date
  timeOrNull(column: string): Date | null
  flag(column: string): boolean
  /** JSON that we stored as text; `null` if there is none. */
  jsonOrNull(column: string): unknown
  oneOf<T extends string>(column: string, words: readonly T[]): T
}

/** Creates the reader of a row. */
export function readRow(table: string, row: RawRow): RowReader {
  const fail = (column: string, wanted: string): never => {
    throw new TypeError(`${table}.${column} is not ${wanted}`)
  }
  const value = (column: string): unknown => {
    if (!(column in row)) fail(column, 'among the columns that were read')
    return row[column] ?? null
  }
  const reader: RowReader = {
    number: (column) => reader.numberOrNull(column) ?? fail(column, 'a number'),
    numberOrNull(column) {
      const found = value(column)
      if (found === null) return null
      const number = typeof found === 'bigint' || typeof found === 'string' ? Number(found) : found
      return typeof number === 'number' && Number.isFinite(number) ? number : fail(column, 'a number')
    },
    text: (column) => reader.textOrNull(column) ?? fail(column, 'a text'),
    textOrNull(column) {
      const found = value(column)
      if (found === null) return null
      return typeof found === 'string' ? found : fail(column, 'a text')
    },
    time: (column) => reader.timeOrNull(column) ?? fail(column, 'a time'),
    timeOrNull(column) {
      const found = value(column)
      if (found === null) return null
      const time = parseTime(found)
      return time === WRONG ? fail(column, 'a time') : time
    },
    flag(column) {
      const found = value(column)
      if (found === 1 || found === true) return true
      return found === 0 || found === false ? false : fail(column, 'a flag')
    },
    jsonOrNull(column) {
      const text = reader.textOrNull(column)
      return text === null ? null : JSON.parse(text)
    },
    oneOf: (column, words) =>
      words.find((word) => word === value(column)) ?? fail(column, `one of ${words.join(', ')}`),
  }
  return reader
}
