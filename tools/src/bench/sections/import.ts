import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'
import { runCommand } from '../../binaries/run-command.ts'
import { besideRoot } from '../../services/runtime.ts'
import { type Figure, overRounds } from '../figures.ts'
import { createDatabase } from '../stack.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const MESSAGES = 50_000
const MODEMS = 100
const LIMIT_MS = 600_000

/** Moving in: messages of the original's database, a SQLite file, read anew and stored. */
export const importSection: Section = {
  name: 'import',
  about: `paikea import-original of ${MESSAGES} messages of ${MODEMS} buoys, from its start to its end`,
  async measure(run) {
    const figures: Figure[] = []
    const folder = await mkdtemp(join(tmpdir(), 'paikea-import-'))
    try {
      run.progress('writing the original')
      const from = `sqlite:///${join(folder, 'original.sqlite')}`
      await writeOriginal(from)
      for (const database of databasesOf(run)) {
        const rounds: Record<string, number>[] = []
        for (let round = 1; round <= run.rounds; round += 1) {
          run.progress(`${database}, round ${round}`)
          rounds.push(await importOnce(run, { database, from, folder: join(folder, `${database}-${round}`) }))
        }
        figures.push(overRounds(`${database}, messages imported`, rounds, '≥ 5,000/s'))
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return figures
  },
}

async function importOnce(
  run: BenchRun,
  options: { readonly database: 'sqlite' | 'mariadb'; readonly from: string; readonly folder: string },
): Promise<Record<string, number>> {
  const uri = options.database === 'sqlite' ? `sqlite:///${options.folder}.sqlite` : await createDatabase(run.mariadb)
  const db = await openDatabase({ uri })
  await db.migrate()
  await db.close()
  const env = { PATH: process.env['PATH'], PAIKEA_DB_URI: uri }
  const began = performance.now()
  const words = [besideRoot('@paikea/server', 'main'), 'import-original', '--from', options.from]
  const { code, stdout, stderr } = await runCommand(process.execPath, words, { timeoutMs: LIMIT_MS, env })
  const seconds = (performance.now() - began) / 1000
  if (code !== 0 || !stdout.includes(`${MESSAGES} stored`)) throw new Error(`${stdout}${stderr}`.slice(-2_000))
  return { perSecond: MESSAGES / seconds, seconds }
}

/** The tables that are read, filled by SQLite itself: a position of each buoy every ten minutes, still percent-encoded. */
async function writeOriginal(uri: string): Promise<void> {
  const db = await openDatabase({ uri })
  const base = 'created_at DATETIME, logical_del BOOLEAN'
  const each = MESSAGES / MODEMS
  const clock = `strftime('%H%M%S', 1700000000 + n * 600, 'unixepoch')`
  const packet = `'PK001;lat:37' || printf('%07.4f', (n % 500) / 10.0) || ',NS:N,lon:12216.6021,EW:W,utc:' || ${clock} || ',sog:0.5,cog:12,sta:00,batt:4.7'`
  const at = `strftime('%Y-%m-%d%%20%H%%3A%M%%3A%S', 1700000030 + n * 600, 'unixepoch')`
  const numbers = (name: string, count: number) =>
    `${name} AS (SELECT 0 AS ${name[0]} UNION ALL SELECT ${name[0]} + 1 FROM ${name} WHERE ${name[0]} < ${count - 1})`
  const imei = `'3004340607' || printf('%05d', m)`
  const statements = [
    `CREATE TABLE rock_block_modem (id INTEGER PRIMARY KEY, imei VARCHAR(128), serial VARCHAR(64), device_type VARCHAR(32), ${base})`,
    `CREATE TABLE buoy (id INTEGER PRIMARY KEY, firmware_version VARCHAR(16), iam VARCHAR(16), rb_id INTEGER, ${base})`,
    `CREATE TABLE rock_block_message (id INTEGER PRIMARY KEY, imei VARCHAR(128), device_type VARCHAR(32), serial VARCHAR(64),
      momsn INTEGER, transmit_time VARCHAR(64), iridium_latitude VARCHAR(32), iridium_longitude VARCHAR(32),
      iridium_cep VARCHAR(32), iridium_session_status VARCHAR(128), data VARCHAR(1024), rb_id INTEGER, ${base})`,
    `WITH RECURSIVE ${numbers('modems', MODEMS)} INSERT INTO rock_block_modem SELECT m + 1, ${imei}, 14000 + m, 'buoy', '2022-06-30', 0 FROM modems`,
    `WITH RECURSIVE ${numbers('modems', MODEMS)} INSERT INTO buoy SELECT m + 1, 'v3', 'PK' || printf('%04d', m), m + 1, '2022-06-30', 0 FROM modems`,
    `WITH RECURSIVE ${numbers('modems', MODEMS)}, ${numbers('numbers', each)} INSERT INTO rock_block_message
      SELECT n * ${MODEMS} + m + 1, ${imei}, 'ROCKBLOCK', 14000 + m, n, substr(${at}, 3), '37.0', '-122.0', '8', '0', lower(hex(${packet})),
        m + 1, '2022-06-30', 0 FROM numbers JOIN modems`,
  ]
  for (const sql of statements) await db.write((transaction) => db.sequelize.query(sql, { transaction }))
  await db.close()
}
