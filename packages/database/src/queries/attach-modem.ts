import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { reassignMessages } from './reassign-messages.ts'
import { inGroups, inWrite } from './scope.ts'

/** The result of attaching a modem. */
export type AttachResult =
  | { readonly ok: true; readonly modemId: number; readonly adoptedMessages: number }
  | {
      readonly ok: false
      /**
       * `modem-in-use`, `modem-of-another-group`: the present state. `modem-elsewhere-then`, `device-had-another-then`:
       * not from that time on, because the modem left its last device, or the device got its present modem, only later.
       */
      readonly reason:
        | 'modem-not-claimed'
        | 'modem-in-use'
        | 'modem-of-another-group'
        | 'modem-elsewhere-then'
        | 'device-had-another-then'
      readonly deviceId: number
    }

/** The result of detaching a modem. `no-modem`: there is none. `before-attached`: it was attached only later. */
export type DetachResult =
  | { readonly ok: true; readonly modemId: number; readonly imei: string }
  | { readonly ok: false; readonly reason: 'no-modem' | 'before-attached' }

type Refusal = Extract<AttachResult, { readonly ok: false }>

/**
 * Attaches a modem to a device. An unknown modem is created, and an unclaimed one is claimed, if the caller sees all
 * groups; for other callers it must have been claimed, and not by another group. The device's former modem becomes
 * free. What the modem has sent since `from` becomes the device's: messages, reports and last state. Without `from`,
 * that is everything since the modem left its last device. Taking it over from another group's device requires the role
 * in that group. Attaching it again where it already is with another `from` changes the time.
 */
export async function attachModem(
  db: Database,
  args: {
    readonly deviceId: number
    readonly imei: string
    readonly now: Date
    readonly scope: GroupScope
    readonly from?: Date | undefined
  },
  tx: Transaction,
): Promise<AttachResult> {
  const { deviceId, imei, now, scope, from } = args
  const { Modem, ModemAssignment } = db.models
  const mayClaim = 'all' in scope
  if (mayClaim) await Modem.bulkCreate([{ imei, claimed: true }], { ignoreDuplicates: true, transaction: tx })
  // The intake locks the modem's row too: a message is stored either before this, and moved below, or after it.
  const modem = await Modem.findOne({ where: { imei }, transaction: tx, lock: true })
  if (modem === null || (!modem.claimed && !mayClaim)) return { ok: false, reason: 'modem-not-claimed', deviceId }
  const open = await ModemAssignment.findOne({ where: { openModemId: modem.id }, transaction: tx })
  if (open !== null && open.deviceId !== deviceId) return { ok: false, reason: 'modem-in-use', deviceId: open.deviceId }
  const last = await lastAssignment(db, { modemId: modem.id }, tx)
  if (open === null && last !== null && !(await mayActFor(db, { deviceId: last.deviceId, scope }, tx))) {
    return { ok: false, reason: 'modem-of-another-group', deviceId: last.deviceId }
  }
  if (last === null && modem.groupId != null && !mayClaim && !scope.groupIds.includes(modem.groupId)) {
    return { ok: false, reason: 'modem-of-another-group', deviceId }
  }
  if (from !== undefined && last?.toAt != null && from < last.toAt) {
    return { ok: false, reason: 'modem-elsewhere-then', deviceId: last.deviceId }
  }
  const device = await db.models.Device.findByPk(deviceId, { attributes: ['groupId'], transaction: tx })
  await modem.update({ claimed: true, groupId: device?.groupId ?? null }, { transaction: tx })
  if (open !== null) {
    if (from === undefined) return { ok: true, modemId: modem.id, adoptedMessages: 0 }
    await open.update({ fromAt: from }, { transaction: tx })
  } else {
    const refusal = await makeRoom(db, { deviceId, at: from ?? now, now }, tx)
    if (refusal !== null) return refusal
    const fromAt = from ?? last?.toAt ?? (await firstHeard(db, { modemId: modem.id }, tx)) ?? now
    const assignment = { modemId: modem.id, deviceId, fromAt, openModemId: modem.id, openDeviceId: deviceId }
    await ModemAssignment.create(assignment, { transaction: tx })
  }
  return { ok: true, modemId: modem.id, adoptedMessages: await reassignMessages(db, { modemId: modem.id, now }, tx) }
}

/**
 * Detaches a device's modem. What it sends afterwards belongs to no device until it is attached to one. @param args
 * `to`: since when; by default now
 */
export function detachModem(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date; readonly to?: Date | undefined },
  tx?: Transaction,
): Promise<DetachResult> {
  const { deviceId, now, to = now } = args
  return inWrite(db, tx, async (transaction): Promise<DetachResult> => {
    const { Modem, ModemAssignment } = db.models
    const open = await ModemAssignment.findOne({ where: { openDeviceId: deviceId }, transaction })
    if (open === null) return { ok: false, reason: 'no-modem' }
    const { modemId } = open
    const modem = await Modem.findOne({ where: { id: modemId }, transaction, lock: true, rejectOnEmpty: true })
    if (args.to !== undefined && to <= open.fromAt) return { ok: false, reason: 'before-attached' }
    await open.update({ toAt: to, openModemId: null, openDeviceId: null }, { transaction })
    if (to < now) await reassignMessages(db, { modemId, now }, transaction)
    return { ok: true, modemId, imei: modem.imei }
  })
}

/** Detaches a device's present modem as of the time another one was attached. */
async function makeRoom(
  db: Database,
  { deviceId, at, now }: { readonly deviceId: number; readonly at: Date; readonly now: Date },
  tx: Transaction,
): Promise<Refusal | null> {
  const taken = await detachModem(db, { deviceId, now, ...(at < now ? { to: at } : {}) }, tx)
  if (taken.ok || taken.reason === 'no-modem') return null
  return { ok: false, reason: 'device-had-another-then', deviceId }
}

/** The most recently ended one. */
function lastAssignment(db: Database, { modemId }: { readonly modemId: number }, tx: Transaction) {
  return db.models.ModemAssignment.findOne({
    where: { modemId, toAt: { [Op.ne]: null } },
    order: [['toAt', 'DESC']],
    transaction: tx,
  })
}

async function mayActFor(
  db: Database,
  { deviceId, scope }: { readonly deviceId: number; readonly scope: GroupScope },
  tx: Transaction,
): Promise<boolean> {
  if ('all' in scope) return true
  return (await db.models.Device.count({ where: { id: deviceId, ...inGroups(scope) }, transaction: tx })) > 0
}

/** When the first message of a modem arrived. */
async function firstHeard(
  db: Database,
  { modemId }: { readonly modemId: number },
  tx: Transaction,
): Promise<Date | null> {
  const { InboundMessage } = db.models
  const first = await InboundMessage.min<Date | string | null, InstanceType<typeof InboundMessage>>('receivedAt', {
    where: { modemId },
    transaction: tx,
  })
  return first === null || first instanceof Date ? first : new Date(first)
}
