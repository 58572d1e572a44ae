import type { AlertKind } from '@paikea/domain'
import { literal, Op, type Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { inWrite, reading } from './scope.ts'
import {
  changeRows,
  countChanged,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  selectRows,
} from './statement.ts'

/** An alert. */
export interface AlertRow {
  readonly id: number
  readonly kind: AlertKind
  /** `null`: it concerns all groups. */
  readonly groupId: number | null
  readonly deviceId: number | null
  readonly openKey: string | null
  readonly summary: string
  readonly advice: string
  readonly since: Date
  readonly openedAt: Date
  readonly endedAt: Date | null
  readonly acknowledgedAt: Date | null
  readonly acknowledgedBy: string | null
}

/** A newly detected alert. */
export type NewAlert = Pick<AlertRow, 'kind' | 'groupId' | 'deviceId' | 'summary' | 'advice' | 'since'> & {
  readonly openKey: string
}

/** Read from the key index alone, if there are no other conditions: `IS NOT NULL` scans the table. */
const IS_OPEN = { openKey: { [Op.gt]: '' } } as const

/** The same for a page in id order: otherwise SQLite walks by id through all ended alerts. */
const AMONG_OPEN = { [Op.and]: [literal("id IN (SELECT id FROM alerts WHERE open_key > '')")] }

/** All open alerts. */
export async function listOpenAlerts(db: Database, _args: object = {}, tx?: Transaction): Promise<readonly AlertRow[]> {
  const rows = await db.models.Alert.findAll({ where: IS_OPEN, ...reading(tx) })
  return rows.map((row) => row.get({ plain: true }))
}

/** Opens alerts that are not open yet. @returns the new rows. If two processes detect the same alert, one opens it */
export async function openAlerts(
  db: Database,
  args: { readonly found: readonly NewAlert[]; readonly now: Date },
  tx: Transaction,
): Promise<readonly AlertRow[]> {
  const { found, now } = args
  if (found.length === 0) return []
  const { Alert } = db.models
  await Alert.bulkCreate(
    found.map((one) => ({ ...one, openedAt: now })),
    { ignoreDuplicates: true, transaction: tx },
  )
  const openKey = found.map((one) => one.openKey)
  return (await Alert.findAll({ where: { openKey }, transaction: tx })).map((row) => row.get({ plain: true }))
}

/** Ends these alerts. */
export async function endAlerts(
  db: Database,
  args: { readonly ids: readonly number[]; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  const { ids, now } = args
  if (ids.length === 0) return
  const where = { id: [...ids], endedAt: null }
  await db.models.Alert.update({ openKey: null, endedAt: now }, { where, transaction: tx })
}

/** The last ended alert of this kind; `null` if there is none. */
export async function findLastEnded(
  db: Database,
  args: { readonly kind: AlertKind },
): Promise<{ readonly since: Date; readonly endedAt: Date } | null> {
  const where = { kind: args.kind, endedAt: { [Op.ne]: null } }
  const row = await db.models.Alert.findOne({ where, order: [['id', 'DESC']] })
  return row?.endedAt == null ? null : { since: row.since, endedAt: row.endedAt }
}

/** Alerts of these groups and those that concern all, newest first. */
export async function listAlerts(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly isOpen?: boolean | undefined
    readonly limit: number
    readonly afterId: number | null
  },
): Promise<readonly AlertRow[]> {
  const { scope, isOpen, limit, afterId } = args
  const rows = await db.models.Alert.findAll({
    where: {
      ...('all' in scope ? {} : { [Op.or]: [{ groupId: [...scope.groupIds] }, { groupId: null }] }),
      ...(isOpen === undefined ? {} : isOpen ? AMONG_OPEN : { openKey: { [Op.is]: null } }),
      ...(afterId === null ? {} : { id: { [Op.lt]: afterId } }),
    },
    order: [['id', 'DESC']],
    limit,
  })
  return rows.map((row) => row.get({ plain: true }))
}

/** One alert, if visible. */
export async function findAlert(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<AlertRow | null> {
  const row = await db.models.Alert.findOne({ where: { id: args.id }, ...reading(tx) })
  if (row === null) return null
  const { scope } = args
  if (!('all' in scope) && row.groupId !== null && !scope.groupIds.includes(row.groupId)) return null
  return row.get({ plain: true })
}

/** Records who acknowledged an alert. */
export function acknowledgeAlert(
  db: Database,
  args: { readonly id: number; readonly by: string; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const values = { acknowledgedAt: args.now, acknowledgedBy: args.by }
    await db.models.Alert.update(values, { where: { id: args.id }, transaction })
  })
}

/** Devices whose newest position is suspect, with its time. */
export async function listSuspectDevices(db: Database): Promise<ReadonlyMap<number, Date>> {
  const rows = await selectRows(
    db,
    `SELECT device_id, suspect_at FROM device_states
     WHERE suspect_at IS NOT NULL AND (last_fix_at IS NULL OR suspect_at > last_fix_at)`,
    [],
  )
  return new Map(
    rows.map((row) => [readNumber(row, 'device_states.device_id'), readTime(row, 'device_states.suspect_at')]),
  )
}

/** For devices with deployments: whether one is under way. */
export async function listAtSea(db: Database, args: { readonly now: Date }): Promise<ReadonlyMap<number, boolean>> {
  const rows = await selectRows(
    db,
    `SELECT device_id, MAX(CASE WHEN from_at <= ? AND (to_at IS NULL OR to_at > ?) THEN 1 ELSE 0 END) AS at_sea
     FROM deployments GROUP BY device_id`,
    [args.now, args.now],
  )
  return new Map(rows.map((row) => [readNumber(row, 'deployments.device_id'), readNumber(row, 'at_sea') === 1]))
}

/** Deliveries that wait for an operator, by endpoint. */
export interface ParkedRow {
  readonly groupId: number | null
  readonly targetKey: string
  readonly count: number
  readonly since: Date
  readonly reason: string | null
}

/** Deliveries that wait for an operator, by destination. */
export async function listParked(db: Database): Promise<readonly ParkedRow[]> {
  const rows = await selectRows(
    db,
    `SELECT group_id, endpoint_id, MIN(target_key) AS target_key, COUNT(*) AS waiting, MIN(state_changed_at) AS since,
       MIN(reason_code) AS reason
     FROM outbound_messages WHERE state = 'parked' GROUP BY group_id, endpoint_id`,
    [],
  )
  return rows.map((row) => {
    const endpointId = readNumberOrNull(row, 'outbound_messages.endpoint_id')
    const targetKey = readText(row, 'outbound_messages.target_key')
    const kind = targetKey.split('/')[0] ?? ''
    return {
      groupId: readNumberOrNull(row, 'outbound_messages.group_id'),
      targetKey: endpointId === null ? targetKey : `${kind} endpoint ${String(endpointId)}`,
      count: readNumber(row, 'waiting'),
      since: readTime(row, 'outbound_messages.state_changed_at AS since'),
      reason: readTextOrNull(row, 'outbound_messages.reason_code AS reason'),
    }
  })
}

/** When the newest message of any modem arrived. */
export async function findLastReceipt(db: Database): Promise<Date | null> {
  const [row] = await selectRows(db, 'SELECT received_at FROM inbound_messages ORDER BY id DESC LIMIT 1', [])
  return row === undefined ? null : readTime(row, 'inbound_messages.received_at')
}

/** Takes or keeps the watch: one process evaluates at a time. @returns whether it is ours until `until` */
export function takeAlertWatch(
  db: Database,
  args: { readonly holder: string; readonly now: Date; readonly until: Date },
): Promise<boolean> {
  const { holder, now, until } = args
  return db.write(async (tx) => {
    const or = db.dialect === 'mysql' ? '' : 'OR '
    const first = [holder, new Date(0)]
    await changeRows(db, `INSERT ${or}IGNORE INTO alert_watch (id, holder, until) VALUES (1, ?, ?)`, first, tx)
    const sql = 'UPDATE alert_watch SET holder = ?, until = ? WHERE id = 1 AND (holder = ? OR until < ?)'
    return (await countChanged(db, sql, [holder, until, holder, now], tx)) > 0
  })
}
