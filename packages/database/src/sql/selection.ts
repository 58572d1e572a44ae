import { type Column, readColumn } from './column.ts'

/** A row as a driver returns it. */
export type RawRow = Readonly<Record<string, unknown>>

/** Columns that form a nested object, which is null if `there` is. */
export interface Nested<P extends Parts> {
  readonly there: Column<unknown>
  readonly parts: P
}
type Parts = Readonly<Record<string, Column<unknown>>>
type Selectable = Readonly<Record<string, Column<unknown> | Nested<Parts>>>

/** What a selection reads from a row. */
export type Selected<S> = S extends Selection<infer Row> ? Row : never
type RowOfParts<S extends Selectable> = {
  readonly [P in keyof S]: S[P] extends Column<infer T>
    ? T
    : S[P] extends Nested<infer N>
      ? { readonly [Q in keyof N]: N[Q] extends Column<infer T> ? T : never } | null
      : never
}

/** A SELECT list and the reader of its rows, derived from the same columns. */
export interface Selection<Row> {
  /** The text between SELECT and FROM. */
  readonly sql: string
  /** @throws {ColumnError} if a value is missing or wrong */
  read(row: RawRow): Row
}

/** `selection({ id: m.id, device: whenThere(d.id, { iam: d.iam }) })` */
export function selection<const S extends Selectable>(parts: S): Selection<RowOfParts<S>> {
  const list: string[] = []
  const readers = Object.entries(parts).map(([property, part]): readonly [string, (row: RawRow) => unknown] => {
    if (!('there' in part)) {
      list.push(`${part.sql} AS ${property}`)
      return [property, (row) => readColumn(part, row[property])]
    }
    const thereName = `${property}_there`
    list.push(`${part.there.sql} AS ${thereName}`)
    const inner = Object.entries(part.parts).map(([name, column]) => {
      const alias = `${property}_${name}`
      list.push(`${column.sql} AS ${alias}`)
      return [name, (row: RawRow) => readColumn(column, row[alias])] as const
    })
    return [property, (row) => (row[thereName] === null ? null : readAll(inner, row))]
  })
  // One reader per part, under its name.
  return { sql: list.join(', '), read: (row) => readAll(readers, row) as RowOfParts<S> }
}

/** Columns of a row that may be missing, as with LEFT JOIN; `there` is one of its columns that is never null. */
export function whenThere<const P extends Parts>(there: Column<unknown>, parts: P): Nested<P> {
  return { there, parts }
}

function readAll(readers: readonly (readonly [string, (row: RawRow) => unknown])[], row: RawRow): object {
  const read: Record<string, unknown> = {}
  for (const [property, reader] of readers) read[property] = reader(row)
  return read
}
