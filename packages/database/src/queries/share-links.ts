import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'

/** A link to one device, for people without an account. */
export interface ShareLinkRow {
  readonly id: number
  readonly deviceId: number
  readonly label: string | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Creates one. @returns its id */
export function insertShareLink(
  db: Database,
  args: Omit<ShareLinkRow, 'id' | 'createdAt'> & { readonly tokenHash: string },
  tx?: Transaction,
): Promise<number> {
  return inWrite(db, tx, async (transaction) => (await db.models.ShareLink.create({ ...args }, { transaction })).id)
}

/** Valid links to a device, oldest first. */
export async function listShareLinks(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx?: Transaction,
): Promise<readonly ShareLinkRow[]> {
  const where = { deviceId: args.deviceId, expiresAt: { [Op.gt]: args.now } }
  const rows = await db.models.ShareLink.findAll({ where, order: [['id', 'ASC']], ...reading(tx) })
  return rows.map(toRow)
}

/** The link of a token, if it is valid. */
export async function findShareLink(
  db: Database,
  args: { readonly tokenHash: string; readonly now: Date },
): Promise<ShareLinkRow | null> {
  const row = await db.models.ShareLink.findOne({
    where: { tokenHash: args.tokenHash, expiresAt: { [Op.gt]: args.now } },
  })
  return row === null ? null : toRow(row)
}

/** Ends one. */
export function deleteShareLink(db: Database, args: { readonly id: number }, tx?: Transaction): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.ShareLink.destroy({ where: { id: args.id }, transaction })
  })
}

function toRow(row: ShareLinkRow): ShareLinkRow {
  const { id, deviceId, label, createdBy, createdAt, expiresAt } = row
  return { id, deviceId, label, createdBy, createdAt, expiresAt }
}
