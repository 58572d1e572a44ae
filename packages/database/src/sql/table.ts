import type { Column } from './column.ts'
import type { InOf, Kind, OutOf } from './kinds.ts'

/** The columns of a table, by TypeScript property. */
export type Kinds = Readonly<Record<string, Kind<unknown, never>>>

/** A table: each column declared once. Its model, row types, insert lists and readers derive from this. */
export interface Table<K extends Kinds> {
  readonly name: string
  readonly kinds: K
  /** The columns in a statement that refers to the table by its own name. */
  readonly columns: Columns<K>
  /** The columns in a statement that gives the table this alias. */
  as(alias: string): Columns<K>
}

export type Columns<K extends Kinds> = { readonly [P in keyof K]: Column<OutOf<K[P]>> }

/** A row as it is read. */
export type RowOf<K extends Kinds> = { readonly [P in keyof K]: OutOf<K[P]> }

/** A complete row to write: every column is given, null if there is no value. */
export type ValuesOf<K extends Kinds> = { readonly [P in keyof K]: InOf<K[P]> }

type OptionalOf<K extends Kinds> = { [P in keyof K]: K[P] extends { readonly isOptional: true } ? P : never }[keyof K]

/** A row for creation through the model: nullable columns and those with a default are optional. */
export type NewRowOf<K extends Kinds> = { [P in Exclude<keyof K, OptionalOf<K>>]: InOf<K[P]> } & {
  [P in OptionalOf<K>]?: InOf<K[P]>
}

export function table<const K extends Kinds>(name: string, kinds: K): Table<K> {
  const as = (alias: string): Columns<K> =>
    // The same keys, each with its own kind: `Object.fromEntries` merely loses that type.
    Object.fromEntries(
      Object.entries(kinds).map(([property, kind]) => {
        const column = columnName(property, kind)
        return [
          property,
          { sql: `${alias}.${column}`, origin: `${name}.${column}`, what: kind.what, parse: kind.parse },
        ]
      }),
    ) as Columns<K>
  return { name, kinds, columns: as(name), as }
}

type NullableOf<K extends Kinds> = { [P in keyof K]: null extends OutOf<K[P]> ? P : never }[keyof K]

/** Null in every nullable column, for rows of which each source knows only a part. */
export function nothingIn<K extends Kinds>(kinds: K): Readonly<Record<NullableOf<K>, null>> {
  const nullable = Object.entries(kinds).filter(([, kind]) => kind.parse(null) === null)
  // The kinds whose type admits null are those whose parser does.
  return Object.freeze(Object.fromEntries(nullable.map(([property]) => [property, null]))) as Readonly<
    Record<NullableOf<K>, null>
  >
}

/** A column's name in the database. */
export function columnName(property: string, kind: Pick<Kind<unknown, never>, 'column'>): string {
  return kind.column ?? property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The properties of some columns, in order of declaration. */
export function propertiesOf<K extends Kinds>(kinds: K): readonly (keyof K & string)[] {
  // `Object.keys` loses the key type.
  return Object.keys(kinds) as (keyof K & string)[]
}
