import { Op, UniqueConstraintError, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { DeviceGeneration, DeviceKind } from '@paikea/domain'
import { loadDevices, type DeviceRow } from './fleet.ts'
import { inWrite } from './scope.ts'

/** Prefix of a generated `iam`. */
const IAM_PREFIXES: Readonly<Record<DeviceKind, string>> = { buoy: 'PK', handset: 'HS', rockstar: 'RS' }
/** If two generate the same name at the same instant, the later one counts on and retries. */
const MAX_NAME_TRIES = 20

/** The editable fields of a device; `undefined` leaves one unchanged. */
export interface DeviceChange {
  readonly label?: string | null | undefined
  readonly approved?: boolean | undefined
  readonly groupId?: number | undefined
  readonly generation?: DeviceGeneration | null | undefined
  readonly ownerId?: number | null | undefined
}

/** Visible devices, newest first. */
export function listDevices(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly kind?: DeviceKind | undefined
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly DeviceRow[]> {
  const { scope, kind, limit, afterId } = args
  const conditions = [
    ...(kind === undefined ? [] : [{ sql: 'd.kind = ?', value: kind }]),
    ...(afterId === null ? [] : [{ sql: 'd.id < ?', value: afterId }]),
  ]
  return loadDevices(db, { scope, conditions, order: 'd.id DESC', limit }, tx)
}

/** A device by name, if visible. */
export async function findDevice(
  db: Database,
  args: { readonly scope: GroupScope; readonly iam: string },
  tx?: Transaction,
): Promise<DeviceRow | null> {
  const conditions = [{ sql: 'd.iam = ?', value: args.iam }]
  const [row] = await loadDevices(db, { scope: args.scope, conditions, order: 'd.id ASC', limit: 1 }, tx)
  return row ?? null
}

/** A device by its id, for a caller that found the id within its scope. */
export async function findDeviceById(
  db: Database,
  args: { readonly id: number },
  tx?: Transaction,
): Promise<DeviceRow | null> {
  const conditions = [{ sql: 'd.id = ?', value: args.id }]
  const [row] = await loadDevices(db, { scope: { all: true }, conditions, order: 'd.id ASC', limit: 1 }, tx)
  return row ?? null
}

/**
 * Creates a device. Without `iam` it gets the next free name of its kind (`PK007`, `HS012`, `RS003`), even under
 * concurrency. Names of deleted devices are not reused: a buoy may still carry one.
 *
 * @throws UniqueConstraintError if a given `iam` is taken
 */
export async function insertDevice(
  db: Database,
  args: {
    readonly kind: DeviceKind
    readonly groupId: number
    readonly iam?: string | undefined
    readonly label?: string | null | undefined
    readonly generation?: DeviceGeneration | null | undefined
    /** @default true */
    readonly isApproved?: boolean | undefined
  },
  tx: Transaction,
): Promise<{ readonly id: number; readonly iam: string }> {
  const { kind, groupId, label = null, generation = null, isApproved: approved = true } = args
  const values = { kind, groupId, label, generation, approved }
  if (args.iam !== undefined) {
    const { id, iam } = await db.models.Device.create({ ...values, iam: args.iam }, { transaction: tx })
    return { id, iam }
  }
  // Serialises creation within the group, so that the next number is still free afterwards.
  await db.models.Group.findOne({ order: [['id', 'ASC']], transaction: tx, lock: true })
  let number = await nextNumber(db, IAM_PREFIXES[kind], tx)
  for (let tries = 1; ; tries += 1) {
    const iam = IAM_PREFIXES[kind] + String(number).padStart(3, '0')
    try {
      return { id: (await db.models.Device.create({ ...values, iam }, { transaction: tx })).id, iam }
    } catch (error) {
      if (!(error instanceof UniqueConstraintError) || tries >= MAX_NAME_TRIES) throw error
      number += 1
    }
  }
}

/** Changes a device. */
export function updateDevice(
  db: Database,
  args: { readonly id: number; readonly change: DeviceChange },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const changed = Object.fromEntries(Object.entries(args.change).filter(([, value]) => value !== undefined))
    if (Object.keys(changed).length === 0) return
    await db.models.Device.update(changed, { where: { id: args.id }, transaction })
    const { groupId } = args.change
    if (groupId === undefined) return
    // The intake holds the device's row until its commit, so no message of the old group slips in afterwards.
    await db.models.InboundMessage.update({ groupId }, { where: { deviceId: args.id }, transaction })
  })
}

/** Retires a device: its modem becomes free, its routes end, its history is kept. */
export function deleteDevice(
  db: Database,
  args: { readonly id: number; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { id, now } = args
    await closeAssignments(db, { deviceId: id, now }, transaction)
    await db.models.Route.update({ deletedAt: now }, { where: { sourceDeviceId: id, deletedAt: null }, transaction })
    await db.models.Device.update({ deletedAt: now }, { where: { id }, transaction })
  })
}

/** Ends a device's present assignment, if it has one. */
async function closeAssignments(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  await db.models.ModemAssignment.update(
    { toAt: args.now, openModemId: null, openDeviceId: null },
    { where: { openDeviceId: args.deviceId }, transaction: tx },
  )
}

async function nextNumber(db: Database, prefix: string, tx: Transaction): Promise<number> {
  const rows = await db.models.Device.findAll({
    attributes: ['iam'],
    where: { iam: { [Op.like]: `${prefix}%` } },
    transaction: tx,
  })
  const numbers = rows.map(({ iam }) => iam.slice(prefix.length)).filter((rest) => /^\d{1,9}$/.test(rest))
  return Math.max(0, ...numbers.map(Number)) + 1
}
