import { DataTypes, type Model } from 'sequelize'

/** The kinds of column the models are made of: every string has a length, every time is UTC with milliseconds. */
export const bigId = { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true } as const
export const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true } as const
export const time = { type: DataTypes.DATE(3), allowNull: false } as const
export const timeOrNull = { type: DataTypes.DATE(3), allowNull: true } as const
export const now = { type: DataTypes.DATE(3), allowNull: false, defaultValue: DataTypes.NOW } as const
export const integer = { type: DataTypes.INTEGER, allowNull: false } as const
export const integerOrNull = { type: DataTypes.INTEGER, allowNull: true } as const
export const bigint = { type: DataTypes.BIGINT, allowNull: false } as const
export const bigintOrNull = { type: DataTypes.BIGINT, allowNull: true } as const
export const doubleOrNull = { type: DataTypes.DOUBLE, allowNull: true } as const
export const flag = { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false } as const
export const flagOrNull = { type: DataTypes.BOOLEAN, allowNull: true } as const

/** A string of at most `length` characters. */
export const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false })
export const textOrNull = (length: number) => ({ type: DataTypes.STRING(length), allowNull: true })

/** JSON kept as text, the same in every database; read through the model it is the value, read `raw` it is the text. */
export function json(name: string) {
  return {
    type: DataTypes.TEXT,
    allowNull: true,
    get(this: Model): unknown {
      const stored: unknown = this.getDataValue(name)
      return typeof stored === 'string' ? JSON.parse(stored) : null
    },
    set(this: Model, value: unknown): void {
      this.setDataValue(name, value === null || value === undefined ? null : JSON.stringify(value))
    },
  }
}

/** A copy of each column: Sequelize writes the column's name into the object it is given, so no two may share one. */
export function fresh<Columns extends Record<string, object>>(columns: Columns): Columns {
  // Same keys, same kinds of value: `Object.fromEntries` only forgets which.
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, { ...column }])) as Columns
}
