import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize'

import { columnTime, type SqlValue, type Statements } from '../connection/statements.ts'
import { parseBytes, parseFlag, parseJson, parseNumber, parseText, parseTime, WRONG } from './parse.ts'

export type Dialect = Statements['dialect']

/** The kind of a column: how its values are read, written, and declared to Sequelize. */
export interface Kind<Out, In = Out, IsOptional extends boolean = boolean> {
  /** For error messages: "a time". */
  readonly what: string
  /** Parses a driver's value; `WRONG` if it is not of this kind. */
  readonly parse: (stored: unknown) => Out | typeof WRONG
  readonly write: (value: In, dialect: Dialect) => SqlValue
  readonly attribute: ModelAttributeColumnOptions
  /** A new row may omit it: it is then null, or has a default. */
  readonly isOptional: IsOptional
  /** Its name in the database, if that is not the property in snake case. */
  readonly column?: string
  /** Sequelize cannot read and write it, so its model uses `parse` and `write`. */
  readonly isConverted?: true
}

export type OutOf<K> = K extends { readonly parse: (stored: unknown) => infer Out } ? Exclude<Out, typeof WRONG> : never
export type InOf<K> = K extends { readonly write: (value: infer In, dialect: Dialect) => SqlValue } ? In : never

function kind<Out, In = Out>(
  what: string,
  type: ModelAttributeColumnOptions['type'],
  parse: (stored: unknown) => Out | typeof WRONG,
  write: (value: In, dialect: Dialect) => SqlValue,
): Kind<Out, In, false> {
  return { what, parse, write, attribute: { type, allowNull: false }, isOptional: false }
}

const asIs = <T extends SqlValue>(value: T): T => value

export const integer = kind<number>('a number', DataTypes.INTEGER, parseNumber, finite)
export const bigint = kind<number>('a number', DataTypes.BIGINT, parseNumber, finite)
export const double = kind<number>('a number', DataTypes.DOUBLE, parseNumber, finite)
/** UTC with milliseconds. */
export const time = kind<Date>('a time', DataTypes.DATE(3), parseTime, (at, dialect) => columnTime(dialect, at))
export const flag = kind<boolean>('a flag', DataTypes.BOOLEAN, parseFlag, (value) => (value ? 1 : 0))
export const bytes = kind<Buffer, Uint8Array>('bytes', DataTypes.BLOB('medium'), parseBytes, asBuffer)

/** A string of any length. */
export const longText = kind<string>('a text', DataTypes.TEXT, parseText, asIs)

/** A string of at most `length` characters; the database refuses a longer one. */
export const text = (length: number) => kind<string>('a text', DataTypes.STRING(length), parseText, asIs)

/** Text for users or from outside, truncated to `length` characters. */
export const clippedText = (length: number) =>
  kind<string>('a text', DataTypes.STRING(length), parseText, (value) => value.slice(0, length))

/** One of a list of words; finding any other is an error. */
export function word<const Word extends string>(words: readonly Word[], length: number): Kind<Word, Word, false> {
  const known = new Set<unknown>(words)
  // The set contains only words of the list.
  const parse = (stored: unknown): Word | typeof WRONG => (known.has(stored) ? (stored as Word) : WRONG)
  return kind(`one of ${words.join(', ')}`, DataTypes.STRING(length), parse, asIs)
}

/**
 * JSON stored as text, identical in every database.
 *
 * @param read interprets the JSON, `null` for a column without a value; malformed JSON never gets here
 * @param isEmpty such a value is stored as NULL
 */
export function json<T>(read: (value: unknown) => T, isEmpty: (value: T) => boolean = isNothing): Kind<T, T, true> {
  return {
    what: 'JSON',
    parse: (stored) => parseJson(stored, read),
    write: (value) => (isEmpty(value) ? null : JSON.stringify(value)),
    attribute: { type: DataTypes.TEXT, allowNull: true },
    isOptional: true,
    isConverted: true,
  }
}

/** A flag stored only where it is `false`: NULL, also in rows older than the column, means `true`. */
export const assumed: Kind<boolean, boolean, true> = {
  ...flag,
  parse: (stored) => (stored === null ? true : parseFlag(stored)),
  write: (value) => (value ? null : 0),
  attribute: { type: DataTypes.BOOLEAN, allowNull: true },
  isOptional: true,
  isConverted: true,
}

/** The same kind, nullable. */
export function orNull<Out, In>(of: Kind<Out, In>): Kind<Out | null, In | null, true> {
  return {
    ...of,
    what: `${of.what} or null`,
    parse: (stored) => (stored === null ? null : of.parse(stored)),
    write: (value, dialect) => (value === null ? null : of.write(value, dialect)),
    attribute: { ...of.attribute, allowNull: true },
    isOptional: true,
  }
}

/** The same kind with a default for new rows. */
export function withDefault<Out, In>(of: Kind<Out, In>, value: unknown): Kind<Out, In, true> {
  return { ...of, attribute: { ...of.attribute, defaultValue: value }, isOptional: true }
}

/** The same kind with another column name. */
export function named<Out, In, IsOptional extends boolean>(
  column: string,
  of: Kind<Out, In, IsOptional>,
): Kind<Out, In, IsOptional> {
  return { ...of, column }
}

/** A row's own number, assigned by the database. */
const numbered = { primaryKey: true, autoIncrement: true } as const
export const id: Kind<number, number, true> = {
  ...integer,
  attribute: { type: DataTypes.INTEGER, ...numbered },
  isOptional: true,
}
export const bigId: Kind<number, number, true> = {
  ...bigint,
  attribute: { type: DataTypes.BIGINT, ...numbered },
  isOptional: true,
}
/** Part of a table's key that the writer of the row supplies. */
export const key: Kind<number, number, false> = {
  ...integer,
  attribute: { type: DataTypes.INTEGER, primaryKey: true },
}
/** The time of writing, unless the row gives another. */
export const now = withDefault(time, DataTypes.NOW)
export const no = withDefault(flag, false)
export const yes = withDefault(flag, true)

function isNothing(value: unknown): boolean {
  return value === null || value === undefined
}

/** MySQL has neither NaN nor infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** The drivers accept only Buffers for bytes. No copy. */
function asBuffer(value: Uint8Array): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
