import {
  Model as BaseModel,
  type Model,
  type ModelAttributeColumnOptions,
  type ModelOptions,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import { readColumn } from './column.ts'
import { columnName, type Kinds, type NewRowOf, type RowOf, type Table } from './table.ts'

type Mutable<T> = { -readonly [P in keyof T]: T[P] }

/** An instance of a table's model. */
export type ModelOf<T> = T extends Table<infer K> ? Model<Mutable<RowOf<K>>, NewRowOf<K>> & Mutable<RowOf<K>> : never

/** Creates the table's Sequelize model, bound to one connection. */
export function defineModel<K extends Kinds>(
  sequelize: Sequelize,
  table: Table<K>,
  options: Omit<ModelOptions, 'tableName' | 'sequelize'> & { readonly modelName: string },
): ModelStatic<ModelOf<Table<K>>> {
  const attributes = Object.fromEntries(
    Object.keys(table.kinds).map((property) => [property, attributeOf(table, property)]),
  )
  const made = class extends BaseModel {}.init(attributes, { ...options, sequelize, tableName: table.name })
  // Its attributes were just derived from the table's columns.
  return made as unknown as ModelStatic<ModelOf<Table<K>>>
}

/** Created anew each time: Sequelize writes into the object it is given. */
function attributeOf(table: Table<Kinds>, property: string): ModelAttributeColumnOptions {
  const kind = table.kinds[property]
  const column = table.columns[property]
  if (kind === undefined || column === undefined) throw new Error(`${table.name} has no ${property}`)
  const attribute = { ...kind.attribute, field: columnName(property, kind) }
  if (kind.isConverted !== true) return attribute
  return {
    ...attribute,
    get(this: Model): unknown {
      const stored: unknown = this.getDataValue(property)
      return stored === undefined ? undefined : readColumn(column, stored)
    },
    set(this: Model, value: unknown): void {
      // `never`: each kind takes its own type, which the model declares for this property.
      this.setDataValue(property, value === undefined ? null : kind.write(value as never, 'sqlite'))
    },
  }
}
