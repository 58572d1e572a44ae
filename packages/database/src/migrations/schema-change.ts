import type { ModelAttributes } from 'sequelize'

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
  for (const { columns: fields, unique } of missing) {
    const name = indexName(table, fields)
    await queryInterface.addIndex(table, [...fields], { name, unique: unique ?? false, transaction })
  }
}

/** A column that points at a row of another table. */
export function references(table: string, onDelete: 'CASCADE' | 'SET NULL' | 'RESTRICT', key = 'id') {
  return { references: { model: table, key }, onDelete, onUpdate: 'CASCADE' as const }
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
