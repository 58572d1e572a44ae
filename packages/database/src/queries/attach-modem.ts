import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { closeAssignments } from './devices.ts'
import { refreshDeviceState } from './device-state.ts'
import { inGroups } from './scope.ts'

/** What came of attaching a modem. */
export type AttachResult =
  | { readonly ok: true; readonly modemId: number; readonly adoptedMessages: number }
  | { readonly ok: false; readonly reason: 'modem-in-use' | 'modem-of-another-group'; readonly deviceId: number }

/**
 * Puts a modem into a device, from now on; a modem that was never seen is made, one nobody had claimed is claimed.
 * The device's former modem, if any, is free again. What the modem sent while it belonged to no device becomes the
 * device's: messages, reports and last state. Out of a device of another group only those may take it over who may act for
 * that group, and so what it has sent since.
 */
export async function attachModem(
  db: Database,
  args: { readonly deviceId: number; readonly imei: string; readonly now: Date; readonly scope: GroupScope },
  tx: Transaction,
): Promise<AttachResult> {
  const { deviceId, imei, now, scope } = args
  const { Modem, ModemAssignment } = db.models
  await Modem.bulkCreate([{ imei, claimed: true }], { ignoreDuplicates: true, transaction: tx })
  // The accept step locks the modem's row too: a message is either stored before this, and adopted below, or after it.
  const modem = await Modem.findOne({ where: { imei }, transaction: tx, lock: true, rejectOnEmpty: true })
  const open = await ModemAssignment.findOne({ where: { openModemId: modem.id }, transaction: tx })
  if (open !== null && open.deviceId !== deviceId) return { ok: false, reason: 'modem-in-use', deviceId: open.deviceId }
  const last = await lastAssignment(db, { modemId: modem.id }, tx)
  if (open === null && last !== null && !(await mayActFor(db, { deviceId: last.deviceId, scope }, tx))) {
    return { ok: false, reason: 'modem-of-another-group', deviceId: last.deviceId }
  }
  if (!modem.claimed) await modem.update({ claimed: true }, { transaction: tx })
  if (open !== null) return { ok: true, modemId: modem.id, adoptedMessages: 0 }

  await closeAssignments(db, { deviceId, now }, tx)
  const adopted = await adoptMessages(db, { deviceId, modemId: modem.id, since: last?.toAt ?? null }, tx)
  await ModemAssignment.create(
    { modemId: modem.id, deviceId, fromAt: adopted.since ?? now, openModemId: modem.id, openDeviceId: deviceId },
    { transaction: tx },
  )
  if (adopted.count > 0) await refreshDeviceState(db, { deviceId, now }, tx)
  return { ok: true, modemId: modem.id, adoptedMessages: adopted.count }
}

/** Takes the modem out of a device, from now on. Answers whether there was one. */
export function detachModem(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx?: Transaction,
): Promise<boolean> {
  return tx === undefined ? db.write((own) => closeAssignments(db, args, own)) : closeAssignments(db, args, tx)
}

/** The one that ended last. */
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

/** Messages of no device, since the modem last came out of one: what it sent before that is somebody else's history. */
async function adoptMessages(
  db: Database,
  args: { readonly deviceId: number; readonly modemId: number; readonly since: Date | null },
  tx: Transaction,
): Promise<{ readonly count: number; readonly since: Date | null }> {
  const { deviceId, modemId, since } = args
  const { InboundMessage, Report } = db.models
  const where = { modemId, deviceId: null, ...(since === null ? {} : { receivedAt: { [Op.gte]: since } }) }
  const first = await InboundMessage.min<Date | string | null, InstanceType<typeof InboundMessage>>('receivedAt', {
    where,
    transaction: tx,
  })
  if (first === null) return { count: 0, since: null }
  const [count] = await InboundMessage.update({ deviceId }, { where, transaction: tx })
  await Report.update({ deviceId }, { where, transaction: tx })
  return { count, since: first instanceof Date ? first : new Date(first) }
}
