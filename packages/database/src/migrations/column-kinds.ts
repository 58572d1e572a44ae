import { DataTypes } from 'sequelize'

import type { MigrationContext } from './migrate.ts'

/** Kinds of column for migrations. Never changed: the migrations that have run were made of them. */
export const { BIGINT, BLOB, BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TEXT } = DataTypes

export const id = { type: INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }
export const bigId = { type: BIGINT, primaryKey: true, autoIncrement: true, allowNull: false }
export const must = <T>(type: T) => ({ type, allowNull: false })
export const may = <T>(type: T) => ({ type, allowNull: true })
/** 16 MiB in MySQL, where plain TEXT ends at 64 KiB; SQLite's TEXT has no such end. */
export const longText = ({ dialect }: MigrationContext) => (dialect === 'mysql' ? TEXT('medium') : TEXT)
export const time = must(DATE(3))
export const timeOrNull = may(DATE(3))
export const flag = { type: BOOLEAN, allowNull: false, defaultValue: false }
