import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { listMomsnGaps, type MomsnGap } from './momsn-gaps.ts'
import { newestMessages } from './newest-messages.ts'
import { inWrite, modemsIn, reading } from './scope.ts'

/** A satellite modem and its present device. */
export interface ModemRow {
  readonly id: number
  readonly imei: string
  readonly serial: string | null
  readonly label: string | null
  readonly claimed: boolean
  /** The group it was claimed for. */
  readonly groupId: number | null
  readonly firstSeenAt: Date | null
  /** When its newest message arrived, and that message's session number. */
  readonly lastSeenAt: Date | null
  readonly lastMomsn: number | null
  /** Gaps in the session numbers of its last messages. */
  readonly momsnGaps: readonly MomsnGap[]
  readonly device: {
    readonly id: number
    readonly iam: string
    readonly label: string | null
    readonly groupId: number
  } | null
}

/**
 * Visible modems, newest first. A modem without a device is visible to the last group that had it, an unclaimed one to
 * callers who see all.
 */
export async function listModems(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly claimed?: boolean | undefined
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly ModemRow[]> {
  const { scope, claimed, limit, afterId } = args
  const conditions: WhereOptions[] = [
    modemsIn(scope),
    ...(claimed === undefined ? [] : [{ claimed }]),
    ...(afterId === null ? [] : [{ id: { [Op.lt]: afterId } }]),
  ]
  return await loadModems(db, { [Op.and]: conditions }, limit, tx)
}

/** A modem by IMEI, if visible. */
export async function findModem(
  db: Database,
  args: { readonly scope: GroupScope; readonly imei: string },
  tx?: Transaction,
): Promise<ModemRow | null> {
  const [row] = await loadModems(db, { [Op.and]: [modemsIn(args.scope), { imei: args.imei }] }, 1, tx)
  return row ?? null
}

/**
 * The IMEI of the only modem with a serial; `null` if there is none, or several. For the service's own use: no scope.
 */
export async function findImeiBySerial(
  db: Database,
  args: { readonly serial: string },
  tx?: Transaction,
): Promise<string | null> {
  const where = { serial: args.serial }
  const [only, ...others] = await db.models.Modem.findAll({ attributes: ['imei'], where, limit: 2, ...reading(tx) })
  return only === undefined || others.length > 0 ? null : only.imei
}

/**
 * Claims a modem for a group by its serial. It must be known and unclaimed.
 *
 * @returns whether it is the group's now
 */
export function claimFreeModem(
  db: Database,
  args: { readonly imei: string; readonly serial: string; readonly groupId: number; readonly label?: string | null },
  tx?: Transaction,
): Promise<boolean> {
  return inWrite(db, tx, async (transaction) => {
    const { imei, serial, groupId, label } = args
    const [count] = await db.models.Modem.update(
      { claimed: true, groupId, ...(label === undefined ? {} : { label }) },
      { where: { imei, serial, groupId: null }, transaction },
    )
    return count > 0
  })
}

/** Claims a modem; creates an unknown one. */
export function claimModem(
  db: Database,
  args: {
    readonly imei: string
    readonly serial?: string | null | undefined
    readonly label?: string | null | undefined
    readonly groupId?: number | undefined
  },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { imei, serial, label, groupId } = args
    await db.models.Modem.bulkCreate([{ imei }], { ignoreDuplicates: true, transaction })
    await db.models.Modem.update(
      {
        claimed: true,
        ...(serial === undefined ? {} : { serial }),
        ...(label === undefined ? {} : { label }),
        ...(groupId === undefined ? {} : { groupId }),
      },
      { where: { imei }, transaction },
    )
  })
}

async function loadModems(
  db: Database,
  where: WhereOptions,
  limit: number,
  tx: Transaction | undefined,
): Promise<readonly ModemRow[]> {
  const modems = await db.models.Modem.findAll({ where, order: [['id', 'DESC']], limit, ...reading(tx) })
  if (modems.length === 0) return []
  const open = await db.models.ModemAssignment.findAll({
    where: { openModemId: modems.map((modem) => modem.id) },
    ...reading(tx),
  })
  const devices = await db.models.Device.findAll({ where: { id: open.map((row) => row.deviceId) }, ...reading(tx) })
  const deviceById = new Map(devices.map(({ id, iam, label, groupId }) => [id, { id, iam, label, groupId }]))
  const modemIds = modems.map(({ id }) => id)
  const newest = await newestMessages(db, { of: 'modems', ids: modemIds }, tx)
  const gaps = await listMomsnGaps(db, { modemIds }, tx)
  const deviceOf = new Map(open.map((row) => [row.modemId, deviceById.get(row.deviceId) ?? null]))
  return modems.map((modem) => ({
    id: modem.id,
    imei: modem.imei,
    serial: modem.serial,
    label: modem.label,
    claimed: Boolean(modem.claimed),
    groupId: modem.groupId ?? null,
    firstSeenAt: modem.firstSeenAt,
    lastSeenAt: newest.get(modem.id)?.receivedAt ?? null,
    lastMomsn: newest.get(modem.id)?.momsn ?? null,
    momsnGaps: gaps.get(modem.id) ?? [],
    device: deviceOf.get(modem.id) ?? null,
  }))
}
