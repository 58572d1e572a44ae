import type { Database } from '@paikea/database'
import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { startStack } from '../stack.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const MESSAGES = 10_000
/** One message an hour. */
const OF_100_BUOYS_A_YEAR = 100 * 24 * 365

/** Database size per message, from the growth over many. */
export const growth: Section = {
  name: 'growth',
  about: `room that a message takes in the database, of ${MESSAGES}`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) {
      run.progress(database)
      figures.push(overRounds(`${database}, growth`, [await measureOne(run, database)]))
    }
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Record<string, number>> {
  const stack = await startStack({ ...run, database, role: 'api' })
  try {
    const before = await bytesOf(stack.db)
    const { answered } = await runLoad({
      url: stack.webhookUrl,
      clients: 32,
      amount: MESSAGES,
      firstSequence: 0,
      startedAt: new Date().toISOString(),
    })
    const bytesPerMessage = ((await bytesOf(stack.db)) - before) / answered
    const gigabytesOf100BuoysAYear = (bytesPerMessage * OF_100_BUOYS_A_YEAR) / 1e9
    return { answered, bytesPerMessage, gigabytesOf100BuoysAYear }
  } finally {
    await stack.stop()
  }
}

/** Pages of rows and indexes. MariaDB updates these counts when it analyses a table. */
async function bytesOf({ dialect, sequelize }: Database): Promise<number> {
  if (dialect === 'mysql') {
    const tables = await sequelize.getQueryInterface().showAllTables()
    for (const name of tables) await sequelize.query(`ANALYZE TABLE \`${String(name)}\``)
  }
  const sql =
    dialect === 'mysql'
      ? `SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = DATABASE()`
      : `SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`
  const [rows] = await sequelize.query(sql)
  // One row of one column, by the statement above.
  return Number((rows as { bytes: unknown }[])[0]?.bytes)
}
