import type { Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { DeviceGeneration, DeviceKind } from '@paikea/domain'
import { ColumnError } from '../sql/column.ts'
import { reading } from './scope.ts'
import {
  readFlag,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
  type RawRow,
} from './statement.ts'

/** A device's present state; follows the time of the fix. */
export interface DeviceStateRow {
  readonly lastReportAt: Date | null
  readonly lastFixAt: Date | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly batteryVolts: number | null
  readonly intervalMinutes: number | null
  readonly sleepMinutes: number | null
  readonly reason: string | null
  readonly status: string | null
  readonly lastReceivedAt: Date | null
  /** Time of the fix that its newest message with a position repeats; `null` if that message's fix was new. */
  readonly frozenSince: Date | null
}

/** A device with its group, its present modem and its last state. */
export interface DeviceRow {
  readonly id: number
  readonly iam: string
  readonly kind: DeviceKind
  readonly label: string | null
  readonly group: { readonly id: number; readonly name: string }
  readonly approved: boolean
  readonly generation: DeviceGeneration | null
  /** The handset or tracker whose commands it accepts. */
  readonly owner: { readonly id: number; readonly iam: string } | null
  readonly createdAt: Date
  readonly modem: { readonly id: number; readonly imei: string; readonly serial: string | null } | null
  readonly state: DeviceStateRow | null
  /** When its newest message of any kind arrived. */
  readonly lastSeenAt: Date | null
  /** When the newest of its messages was sent. */
  readonly lastSentAt: Date | null
}

/** Visible approved devices, by name; with `limit`, one page. */
export function listFleet(
  db: Database,
  args: {
    readonly scope: GroupScope
    /** Only those whose name comes after this one. */
    readonly afterIam?: string | null | undefined
    readonly limit?: number | undefined
  },
  tx?: Transaction,
): Promise<readonly DeviceRow[]> {
  const { scope, afterIam = null, limit } = args
  const conditions = [
    { sql: 'd.approved = ?', value: 1 },
    ...(afterIam === null ? [] : [{ sql: 'd.iam > ?', value: afterIam }]),
  ]
  return loadDevices(db, { scope, conditions, order: 'd.iam ASC', limit }, tx)
}

/** Which devices to load, and in which order. */
export interface DeviceSelection {
  readonly scope: GroupScope
  /** Conditions on the devices `d`, combined with AND. */
  readonly conditions: readonly { readonly sql: string; readonly value: string | number }[]
  readonly order: string
  readonly limit?: number | undefined
}

/**
 * Loads devices with all their associations, in two statements. Plain rows: for a large fleet, model instances would
 * cost more than the database does.
 */
export async function loadDevices(
  db: Database,
  selection: DeviceSelection,
  tx?: Transaction,
): Promise<readonly DeviceRow[]> {
  const { scope, conditions, order, limit } = selection
  const inScope = 'all' in scope ? [] : [{ sql: 'd.group_id IN (?)', value: [...scope.groupIds, -1] }]
  const where = [{ sql: 'd.deleted_at IS NULL' }, ...inScope, ...conditions]
  const values = where.flatMap((condition) => ('value' in condition ? [condition.value] : []))
  const rows = await selectRows(
    db,
    `SELECT d.id, d.iam, d.kind, d.label, d.group_id, d.approved, d.generation, d.created_at, w.id AS owner_id, w.iam AS owner_iam,
       m.id AS modem_id, m.imei, m.serial, s.device_id AS state_of, s.last_report_at, s.last_fix_at, s.latitude,
       s.longitude, s.sog_knots, s.cog_degrees, s.battery_volts, s.interval_minutes, s.sleep_minutes, s.reason, s.status,
       s.last_received_at, s.frozen_since, s.heard_at, s.heard_sent_at
     FROM devices d LEFT JOIN modem_assignments a ON a.open_device_id = d.id LEFT JOIN modems m ON m.id = a.modem_id
       LEFT JOIN device_states s ON s.device_id = d.id
       LEFT JOIN devices w ON w.id = d.owner_id AND w.deleted_at IS NULL
     WHERE ${where.map(({ sql }) => sql).join(' AND ')} ORDER BY ${order} ${limit === undefined ? '' : 'LIMIT ?'}`,
    limit === undefined ? values : [...values, limit],
    tx,
  )
  if (rows.length === 0) return []
  const groupIds = [...new Set(rows.map((row) => readNumber(row, 'devices.group_id')))]
  const groups = await db.models.Group.findAll({ where: { id: groupIds }, ...reading(tx) })
  const groupNames = new Map(groups.map(({ id, name }) => [id, name]))
  return rows.map((row) => toDeviceRow(row, groupNames))
}

function toDeviceRow(row: RawRow, groupNames: ReadonlyMap<number, string>): DeviceRow {
  const groupId = readNumber(row, 'devices.group_id')
  return {
    id: readNumber(row, 'devices.id'),
    iam: readText(row, 'devices.iam'),
    // Written only by `insertDevice`, which accepts no other.
    kind: readText(row, 'devices.kind') as DeviceKind,
    label: readTextOrNull(row, 'devices.label'),
    group: { id: groupId, name: nameOf(groupId, groupNames) },
    approved: readFlag(row, 'devices.approved'),
    generation: readTextOrNull(row, 'devices.generation') as DeviceRow['generation'],
    owner:
      row['owner_id'] === null
        ? null
        : { id: readNumber(row, 'devices.id AS owner_id'), iam: readText(row, 'devices.iam AS owner_iam') },
    createdAt: readTime(row, 'devices.created_at'),
    modem:
      row['modem_id'] === null
        ? null
        : {
            id: readNumber(row, 'modems.id AS modem_id'),
            imei: readText(row, 'modems.imei'),
            serial: readTextOrNull(row, 'modems.serial'),
          },
    state: row['state_of'] === null ? null : toStateRow(row),
    lastSeenAt: readTimeOrNull(row, 'device_states.heard_at'),
    lastSentAt: readTimeOrNull(row, 'device_states.heard_sent_at'),
  }
}

function nameOf(groupId: number, names: ReadonlyMap<number, string>): string {
  const name = names.get(groupId)
  if (name === undefined) throw new ColumnError(`devices.group_id: expected a group, found none`)
  return name
}

function toStateRow(row: RawRow): DeviceStateRow {
  return {
    lastReportAt: readTimeOrNull(row, 'device_states.last_report_at'),
    lastFixAt: readTimeOrNull(row, 'device_states.last_fix_at'),
    latitude: readNumberOrNull(row, 'device_states.latitude'),
    longitude: readNumberOrNull(row, 'device_states.longitude'),
    sogKnots: readNumberOrNull(row, 'device_states.sog_knots'),
    cogDegrees: readNumberOrNull(row, 'device_states.cog_degrees'),
    batteryVolts: readNumberOrNull(row, 'device_states.battery_volts'),
    intervalMinutes: readNumberOrNull(row, 'device_states.interval_minutes'),
    sleepMinutes: readNumberOrNull(row, 'device_states.sleep_minutes'),
    reason: readTextOrNull(row, 'device_states.reason'),
    status: readTextOrNull(row, 'device_states.status'),
    lastReceivedAt: readTimeOrNull(row, 'device_states.last_received_at'),
    frozenSince: readTimeOrNull(row, 'device_states.frozen_since'),
  }
}
