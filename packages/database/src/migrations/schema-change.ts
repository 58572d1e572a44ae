import { QueryTypes, type ModelAttributeColumnOptions, type ModelAttributes } from 'sequelize'

import type { MigrationContext } from './migrate.ts'

/** Columns by their names in the database. */
export type Columns = ModelAttributes

/** An index; its name is made of table and columns. */
export interface IndexSpec {
  readonly columns: readonly string[]
  readonly unique?: boolean
}

/**
 * Makes a table with its indexes, or what is missing of them: MySQL commits each change by itself, so a migration that broke off half-way
 * is run again over what it left.
 */
export async function createTable(
  { queryInterface, transaction, dialect }: MigrationContext,
  table: string,
  { columns, indexes }: { columns: Columns; indexes: readonly IndexSpec[] },
): Promise<void> {
  // Exact comparison in both databases: SQLite's default is bytewise, MySQL's is not.
  const collation = dialect === 'mysql' ? { charset: 'utf8mb4', collate: 'utf8mb4_bin', engine: 'InnoDB' } : {}
  await queryInterface.createTable(table, columns, { ...collation, transaction })
  const present = namesOf(await queryInterface.showIndex(table, { transaction }))
  const missing = indexes.filter(({ columns: fields }) => !present.has(indexName(table, fields)))
  if (dialect === 'mysql' && missing.length > 0) {
    // All at once: each change of a table waits for the disk.
    const additions = missing.map(
      ({ columns: fields, unique }) =>
        `ADD ${unique === true ? 'UNIQUE ' : ''}INDEX \`${indexName(table, fields)}\` (${fields.map((field) => `\`${field}\``).join(', ')})`,
    )
    await queryInterface.sequelize.query(`ALTER TABLE \`${table}\` ${additions.join(', ')}`, { transaction })
    return
  }
  for (const index of missing) await addIndex({ queryInterface, transaction, dialect }, table, index)
}

/** Adds a column where it is missing. */
export async function addColumn(
  context: MigrationContext,
  {
    table,
    column,
    kind,
  }: { readonly table: string; readonly column: string; readonly kind: ModelAttributeColumnOptions },
): Promise<void> {
  if (await hasColumn(context, table, column)) return
  const { queryInterface, transaction } = context
  await queryInterface.addColumn(table, column, kind, { transaction })
}

/** Takes a column away where it is there. Not by Sequelize, which copies the whole table for it in SQLite. */
export async function dropColumn(context: MigrationContext, table: string, column: string): Promise<void> {
  if (!(await hasColumn(context, table, column))) return
  const { queryInterface, transaction } = context
  await queryInterface.sequelize.query(`ALTER TABLE ${table} DROP COLUMN ${column}`, { transaction })
}

export async function addIndex(
  { queryInterface, transaction }: MigrationContext,
  table: string,
  { columns, unique }: IndexSpec,
): Promise<void> {
  const name = indexName(table, columns)
  if (namesOf(await queryInterface.showIndex(table, { transaction })).has(name)) return
  await queryInterface.addIndex(table, [...columns], { name, unique: unique ?? false, transaction })
}

export async function dropIndex(
  { queryInterface, transaction }: MigrationContext,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const name = indexName(table, columns)
  if (!namesOf(await queryInterface.showIndex(table, { transaction })).has(name)) return
  await queryInterface.removeIndex(table, name, { transaction })
}

/** A column that points at a row of another table. */
export function references(table: string, onDelete: 'CASCADE' | 'SET NULL' | 'RESTRICT', key = 'id') {
  return { references: { model: table, key }, onDelete, onUpdate: 'CASCADE' as const }
}

/** Whether a table has all of these columns. */
export async function hasColumns(
  context: MigrationContext,
  table: string,
  columns: readonly string[],
): Promise<boolean> {
  for (const column of columns) if (!(await hasColumn(context, table, column))) return false
  return true
}

/** Takes away what ties a column to another table; MySQL drops no column that is tied. SQLite unties it by itself. */
export async function dropReference(
  { queryInterface, transaction, dialect }: MigrationContext,
  table: string,
  column: string,
): Promise<void> {
  if (dialect === 'sqlite') return
  const rows = await queryInterface.sequelize.query<{ readonly name: string }>(
    `SELECT constraint_name AS name FROM information_schema.key_column_usage WHERE table_schema = DATABASE()
     AND table_name = ? AND column_name = ? AND referenced_table_name IS NOT NULL`,
    { type: QueryTypes.SELECT, transaction, replacements: [table, column] },
  )
  for (const { name } of rows) {
    await queryInterface.sequelize.query(`ALTER TABLE ${table} DROP FOREIGN KEY ${name}`, { transaction })
  }
}

/** Not by Sequelize's `describeTable`, which does not look from within the transaction. */
async function hasColumn(
  { queryInterface, transaction, dialect }: MigrationContext,
  table: string,
  column: string,
): Promise<boolean> {
  const sql =
    dialect === 'sqlite'
      ? 'SELECT name FROM pragma_table_info(?) WHERE name = ?'
      : `SELECT column_name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?`
  const [rows] = await queryInterface.sequelize.query(sql, { transaction, replacements: [table, column] })
  return rows.length > 0
}

function indexName(table: string, fields: readonly string[]): string {
  return `${table}_${fields.join('_')}`.slice(0, 60)
}

function namesOf(indexes: unknown): Set<string> {
  const names = new Set<string>()
  for (const index of Array.isArray(indexes) ? indexes : []) {
    if (typeof index === 'object' && index !== null && 'name' in index) names.add(String(index.name))
  }
  return names
}
