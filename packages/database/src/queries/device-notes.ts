import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'

/** A user's note on a device. */
export interface DeviceNoteRow {
  readonly id: number
  readonly deviceId: number
  readonly text: string
  readonly createdBy: string
  readonly createdAt: Date
}

/** Stores one. @returns its id */
export function insertDeviceNote(db: Database, args: Omit<DeviceNoteRow, 'id'>, tx?: Transaction): Promise<number> {
  return inWrite(db, tx, async (transaction) => (await db.models.DeviceNote.create({ ...args }, { transaction })).id)
}

/** The newest notes on a device, newest first. */
export async function listDeviceNotes(
  db: Database,
  args: { readonly deviceId: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly DeviceNoteRow[]> {
  const { deviceId, limit } = args
  const rows = await db.models.DeviceNote.findAll({
    where: { deviceId },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  return rows.map(toRow)
}

/** A note on this device; `null` if it has none with that id. */
export async function findDeviceNote(
  db: Database,
  args: { readonly deviceId: number; readonly id: number },
  tx?: Transaction,
): Promise<DeviceNoteRow | null> {
  const row = await db.models.DeviceNote.findOne({ where: { id: args.id, deviceId: args.deviceId }, ...reading(tx) })
  return row === null ? null : toRow(row)
}

/** Removes one. */
export function deleteDeviceNote(db: Database, args: { readonly id: number }, tx?: Transaction): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.DeviceNote.destroy({ where: { id: args.id }, transaction })
  })
}

function toRow({ id, deviceId, text, createdBy, createdAt }: DeviceNoteRow): DeviceNoteRow {
  return { id, deviceId, text, createdBy, createdAt }
}
