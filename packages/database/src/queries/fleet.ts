import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { DeviceKind } from '../models/fleet.ts'
import { newestMessages } from './newest-messages.ts'
import { inGroups, reading } from './scope.ts'

/** What is known of a device now; follows the time of the fix. */
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
}

/** A device with its group, the modem it has now and its last state. */
export interface DeviceRow {
  readonly id: number
  readonly iam: string
  readonly kind: DeviceKind
  readonly label: string | null
  readonly group: { readonly id: number; readonly name: string }
  readonly approved: boolean
  readonly generation: 'v2' | 'v3' | null
  readonly createdAt: Date
  readonly modem: { readonly id: number; readonly imei: string; readonly serial: string | null } | null
  readonly state: DeviceStateRow | null
  /** When its newest message of any kind came in. */
  readonly lastSeenAt: Date | null
  /** When the newest of its messages was sent. */
  readonly lastSentAt: Date | null
}

/** Every device that may be seen, by name: one answer for the map. */
export function listFleet(
  db: Database,
  args: { readonly scope: GroupScope },
  tx?: Transaction,
): Promise<readonly DeviceRow[]> {
  return loadDevices(db, { where: { deletedAt: null, ...inGroups(args.scope) }, order: [['iam', 'ASC']] }, tx)
}

/** Which devices to load, in which order. */
export interface DeviceSelection {
  readonly where: WhereOptions
  readonly order: [string, 'ASC' | 'DESC'][]
  readonly limit?: number
}

/** Loads devices with all that belongs to them, in a fixed number of statements. */
export async function loadDevices(
  db: Database,
  selection: DeviceSelection,
  tx?: Transaction,
): Promise<readonly DeviceRow[]> {
  const { where, order, limit } = selection
  const devices = await db.models.Device.findAll({
    where,
    order,
    ...(limit === undefined ? {} : { limit }),
    ...reading(tx),
  })
  if (devices.length === 0) return []
  const deviceIds = devices.map((device) => device.id)
  const groupIds = [...new Set(devices.map((device) => device.groupId))]
  const [groups, states, modemOfDevice, newest] = await Promise.all([
    db.models.Group.findAll({ where: { id: groupIds }, ...reading(tx) }),
    db.models.DeviceState.findAll({ where: { deviceId: deviceIds }, ...reading(tx) }),
    loadModems(db, deviceIds, tx),
    newestMessages(db, { of: 'devices', ids: deviceIds }, tx),
  ])
  const groupOf = new Map(groups.map((group) => [group.id, group.name]))
  const stateOf = new Map(states.map((state) => [state.deviceId, state]))
  return devices.map((device) => {
    const state = stateOf.get(device.id)
    return {
      id: device.id,
      iam: device.iam,
      kind: device.kind,
      label: device.label,
      group: { id: device.groupId, name: groupOf.get(device.groupId) ?? '' },
      approved: Boolean(device.approved),
      generation: device.generation,
      createdAt: device.createdAt,
      modem: modemOfDevice.get(device.id) ?? null,
      state: state === undefined ? null : toStateRow(state),
      lastSeenAt: later(newest.get(device.id)?.receivedAt ?? null, state?.lastReceivedAt ?? null),
      lastSentAt: newest.get(device.id)?.sentAt ?? null,
    }
  })
}

function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}

async function loadModems(
  db: Database,
  deviceIds: readonly number[],
  tx: Transaction | undefined,
): Promise<ReadonlyMap<number, NonNullable<DeviceRow['modem']>>> {
  const open = await db.models.ModemAssignment.findAll({
    where: { openDeviceId: { [Op.in]: [...deviceIds] } },
    ...reading(tx),
  })
  const modems = await db.models.Modem.findAll({ where: { id: open.map((row) => row.modemId) }, ...reading(tx) })
  const modemById = new Map(modems.map(({ id, imei, serial }) => [id, { id, imei, serial }]))
  const result = new Map<number, NonNullable<DeviceRow['modem']>>()
  for (const { deviceId, modemId } of open) {
    const modem = modemById.get(modemId)
    if (modem !== undefined) result.set(deviceId, modem)
  }
  return result
}

function toStateRow(row: DeviceStateRow): DeviceStateRow {
  return {
    lastReportAt: row.lastReportAt,
    lastFixAt: row.lastFixAt,
    latitude: row.latitude,
    longitude: row.longitude,
    sogKnots: row.sogKnots,
    cogDegrees: row.cogDegrees,
    batteryVolts: row.batteryVolts,
    intervalMinutes: row.intervalMinutes,
    sleepMinutes: row.sleepMinutes,
    reason: row.reason,
    status: row.status,
    lastReceivedAt: row.lastReceivedAt,
  }
}
