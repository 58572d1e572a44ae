import type { Database } from '../database.ts'
import { findLastReceipt, listAlerts, listParked } from '../queries/alerts.ts'
import { listDueNotices } from '../queries/alert-notices.ts'
import { listAudit } from '../queries/audit.ts'
import { listCommands } from '../queries/commands.ts'
import { countStates } from '../queries/count-states.ts'
import { listFaultyDeliveries, listQuarantined } from '../queries/errors.ts'
import { listDeliveries } from '../queries/deliveries.ts'
import { rescueDirect, rescueFromGone } from '../queries/endpoint-states.ts'
import { accountHalts, endpointHalts } from '../queries/halts.ts'
import { listInbound } from '../queries/messages.ts'
import { listReports } from '../queries/reports.ts'
import { listSessions } from '../queries/sessions.ts'
import { hasGoneProcess } from '../queries/processes.ts'
import { selectRows } from '../queries/statement.ts'
import { listLostTurns } from '../queries/turns.ts'

/** Tables that may be scanned: they grow with the fleet, not with its messages. With their aliases. */
const SMALL = ['devices', 'd', 'device_states', 's', 'modems', 'groups', 'endpoints', 'CONSTANT', 'deployments']
const PAGE = { limit: 100, afterId: null }
const [FROM, TO] = [new Date('2026-11-01'), new Date('2026-11-02')]

/** Every list with each of its filters, by name. */
export function filtersOfLists(
  db: Database,
  groupIds: readonly number[],
): readonly (readonly [string, () => Promise<unknown>])[] {
  const all = { all: true } as const
  const imei = '300234010753370'
  return [
    ['messages in', () => listInbound(db, { scope: all, filter: {}, ...PAGE })],
    ['messages in of groups', () => listInbound(db, { scope: { groupIds }, filter: {}, ...PAGE })],
    ['messages in by IMEI', () => listInbound(db, { scope: { groupIds }, filter: { imei }, ...PAGE })],
    ['messages in by state', () => listInbound(db, { scope: all, filter: { state: 'quarantined' }, ...PAGE })],
    ['messages in by device', () => listInbound(db, { scope: all, filter: { deviceId: 1 }, ...PAGE })],
    ['messages out', () => listDeliveries(db, { scope: all, ...PAGE })],
    ['messages out of groups', () => listDeliveries(db, { scope: { groupIds }, ...PAGE })],
    ['messages out by IMEI', () => listDeliveries(db, { scope: { groupIds }, imei, ...PAGE })],
    ['messages out by state', () => listDeliveries(db, { scope: all, state: 'parked', ...PAGE })],
    ['messages out by cause', () => listDeliveries(db, { scope: all, causeMessageId: 1, ...PAGE })],
    ['messages in quarantine', () => listQuarantined(db, { scope: all, ...PAGE })],
    ['messages of groups in quarantine', () => listQuarantined(db, { scope: { groupIds }, ...PAGE })],
    ['faulty deliveries', () => listFaultyDeliveries(db, { scope: all, ...PAGE })],
    ['faulty deliveries of groups', () => listFaultyDeliveries(db, { scope: { groupIds }, ...PAGE })],
    ['reports', () => listReports(db, { deviceId: 1, limit: 100 })],
    ['reports of a time', () => listReports(db, { deviceId: 1, from: FROM, to: TO, limit: 100 })],
    ['commands', () => listCommands(db, { deviceId: 1, ...PAGE })],
    ['alerts', () => listAlerts(db, { scope: all, ...PAGE })],
    ['open alerts', () => listAlerts(db, { scope: all, isOpen: true, ...PAGE })],
    ['parked deliveries', () => listParked(db)],
    ['the last receipt', () => findLastReceipt(db)],
    ['notices that are due', () => listDueNotices(db, { now: TO, limit: 100 })],
    ['turns that were lost', () => listLostTurns(db, { limit: 100 })],
    ['first deliveries behind an endpoint', () => endpointHalts.listHeads(db, 1, 100)],
    ['deliveries that were left', () => rescueDirect(db, { before: TO, limit: 100 })],
    ['deliveries of a process that is gone', () => rescueFromGone(db, { limit: 100 })],
    ['processes that are gone', () => hasGoneProcess(db)],
    ['first deliveries behind an account', () => accountHalts.listHeads(db, 'modem', 100)],
    ['audit of groups', () => listAudit(db, { scope: { groupIds }, ...PAGE })],
    ['own sessions', () => listSessions(db, { userId: 1, now: TO })],
    ['figures for the scraper', () => countStates(db, { now: TO })],
  ]
}

/**
 * What a query would scan row by row, according to the database's own plan of each statement it sends.
 *
 * @returns a line for each table without an index that its conditions could use
 */
export async function walksOf(db: Database, ask: () => Promise<unknown>): Promise<readonly string[]> {
  const plans = await plansOf(db, ask)
  if (plans.length === 0) return ['nothing was asked']
  const isWalk = db.dialect === 'mysql' ? isWalkOfMysql : isWalkOfSqlite
  return plans.flatMap(({ sql, steps }) =>
    steps.filter((step) => isWalk(step)).map((step) => `${JSON.stringify(step)} of ${sql}`),
  )
}

/** The database's own plan of each statement with conditions that a query sends. */
export async function plansOf(
  db: Database,
  ask: () => Promise<unknown>,
): Promise<readonly { readonly sql: string; readonly steps: readonly Readonly<Record<string, unknown>>[] }[]> {
  const statements: string[] = []
  // Sequelize has it, but its types omit it.
  const { options } = db.sequelize as unknown as { options: { logging: unknown } }
  const { logging } = options
  options.logging = (sql: string) => void statements.push(sql.replace(/^Executing \([^)]*\): /, ''))
  try {
    await ask()
  } finally {
    options.logging = logging
  }
  const explain = db.dialect === 'mysql' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN'
  const asked = statements.filter((sql) => /^\s*(?:SELECT|WITH)/i.test(sql))
  const plans = []
  for (const sql of asked) {
    // Without a filter the newest rows are walked by id until the page is full.
    const isFiltered = /\bWHERE\b/.test(sql)
    plans.push({ sql, steps: isFiltered ? await selectRows(db, `${explain} ${sql.replace(/;$/, '')}`, []) : [] })
  }
  return plans
}

function isWalkOfSqlite(step: Readonly<Record<string, unknown>>): boolean {
  const detail = String(step['detail'])
  const [, table = ''] = /^SCAN (\w+)/.exec(detail) ?? []
  // Pages of one group each, already limited, and the queues' beginnings: one row per queue.
  if (table.startsWith('look_') || table === 'k') return false
  return table !== '' && !SMALL.includes(table) && !detail.includes('INDEX')
}

/** MariaDB reads every row of nearly empty tables; more telling is whether it sees an index for the conditions. */
function isWalkOfMysql(step: Readonly<Record<string, unknown>>): boolean {
  const table = typeof step['table'] === 'string' ? step['table'] : ''
  const isStored = table !== '' && !table.startsWith('<') && !table.startsWith('look_') && !SMALL.includes(table)
  return isStored && ['ALL', 'index'].includes(String(step['type'])) && step['possible_keys'] === null
}
