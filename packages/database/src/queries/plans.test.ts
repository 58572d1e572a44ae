import {
  buildDevice,
  buildGroup,
  buildInbound,
  buildReport,
  openTestDatabase,
  type TestDatabase,
} from '../testing/mod.ts'
import { accountHalts, endpointHalts } from './halts.ts'
import { findLastReceipt, listAlerts, listParked } from './alerts.ts'
import { listDueNotices } from './alert-notices.ts'
import { listAudit } from './audit.ts'
import { listCommands } from './commands.ts'
import { countStates } from './count-states.ts'
import { listDeliveries } from './deliveries.ts'
import { rescueDirect } from './endpoint-states.ts'
import { listInbound } from './messages.ts'
import { listReports } from './reports.ts'
import { listSessions } from './sessions.ts'
import { selectRows } from './statement.ts'
import { listLostTurns } from './turns.ts'

/** What may be walked through: it grows with the fleet, not with its messages. Tables and the aliases they go by. */
const SMALL = ['devices', 'd', 'device_states', 's', 'modems', 'groups', 'endpoints', 'CONSTANT', 'deployments']
const PAGE = { limit: 100, afterId: null }
const [FROM, TO] = [new Date('2026-11-01'), new Date('2026-11-02')]

describe('every filter of a list has an index behind it', () => {
  let db: TestDatabase
  let groupIds: readonly number[]
  const statements: string[] = []

  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    groupIds = [(await buildGroup(db)).id, (await buildGroup(db)).id]
    const device = await buildDevice(db, { groupId: groupIds[0] ?? 0 })
    const message = await buildInbound(db, { deviceId: device.id })
    await buildReport(db, { deviceId: device.id, messageId: message.id })
    // Sequelize has it, its types do not say so.
    const { options } = db.sequelize as unknown as { options: { logging: (sql: string) => void } }
    options.logging = (sql) => void statements.push(sql.replace(/^Executing \([^)]*\): /, ''))
  })
  afterAll(() => db.drop())

  const all = { all: true } as const
  const imei = '300234010753370'
  const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
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
    ['first deliveries behind an account', () => accountHalts.listHeads(db, 'modem', 100)],
    ['audit of groups', () => listAudit(db, { scope: { groupIds }, ...PAGE })],
    ['own sessions', () => listSessions(db, { userId: 1, now: TO })],
    ['figures for the scraper', () => countStates(db, { now: TO })],
  ]

  it.each(cases)('%s', async (_name, ask) => {
    statements.length = 0
    await ask()
    const asked = statements.filter((sql) => /^\s*(?:SELECT|WITH)/i.test(sql))
    expect(asked.length).toBeGreaterThan(0)
    for (const sql of asked) {
      const plan = await selectRows(db, `EXPLAIN QUERY PLAN ${sql.replace(/;$/, '')}`, [])
      const steps = plan.map((row) => String(row['detail']))
      // Without a filter the newest rows are walked by their id until the page is full.
      const walks = /\bWHERE\b/.test(sql) ? steps.filter(isWalk) : []
      expect({ sql, walks }).toEqual({ sql, walks: [] })
    }
  })
})

function isWalk(step: string): boolean {
  const [, table = ''] = /^SCAN (\w+)/.exec(step) ?? []
  // Pages of one group each, cut already.
  if (table.startsWith('look_')) return false
  return table !== '' && !SMALL.includes(table) && !step.includes('INDEX')
}
