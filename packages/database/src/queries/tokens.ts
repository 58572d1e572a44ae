import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { Role } from '@paikea/domain'
import { inGroups, inWrite, reading } from './scope.ts'

/** A program's token; only its hash is stored, and not given out either. */
export interface ApiTokenRow {
  readonly id: number
  readonly name: string
  /** `null`: all groups, for system administrators' programs. */
  readonly groupId: number | null
  readonly role: Role
  readonly isSystemAdmin: boolean
  readonly createdByUserId: number | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
}

/** Creates a token. */
export function insertApiToken(
  db: Database,
  args: {
    readonly name: string
    readonly tokenHash: string
    readonly groupId: number | null
    readonly role: Role
    readonly isSystemAdmin: boolean
    readonly createdByUserId: number | null
    readonly expiresAt: Date | null
  },
  tx?: Transaction,
): Promise<ApiTokenRow> {
  return inWrite(db, tx, async (transaction) => toRow(await db.models.ApiToken.create({ ...args }, { transaction })))
}

/** The token of a presented secret, if it is neither revoked nor expired. */
export async function findApiToken(
  db: Database,
  args: { readonly tokenHash: string; readonly now: Date },
  tx?: Transaction,
): Promise<ApiTokenRow | null> {
  const row = await db.models.ApiToken.findOne({
    where: {
      tokenHash: args.tokenHash,
      revokedAt: null,
      expiresAt: { [Op.or]: [{ [Op.is]: null }, { [Op.gt]: args.now }] },
    },
    ...reading(tx),
  })
  return row === null ? null : toRow(row)
}

/** Records that a token is in use. */
export function touchApiToken(
  db: Database,
  args: { readonly id: number; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.ApiToken.update({ lastUsedAt: args.now }, { where: { id: args.id }, transaction })
  })
}

/** Valid tokens of these groups, newest first. Those for all groups are visible to callers who see all. */
export async function listApiTokens(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
  tx?: Transaction,
): Promise<readonly ApiTokenRow[]> {
  const { scope, limit, afterId } = args
  const rows = await db.models.ApiToken.findAll({
    where: { revokedAt: null, ...inGroups(scope), ...(afterId === null ? {} : { id: { [Op.lt]: afterId } }) },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  return rows.map(toRow)
}

/** Revokes a token; `null` if there is none in these groups. */
export function revokeApiToken(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number; readonly now: Date },
  tx?: Transaction,
): Promise<ApiTokenRow | null> {
  return inWrite(db, tx, async (transaction) => {
    const row = await db.models.ApiToken.findOne({
      where: { id: args.id, revokedAt: null, ...inGroups(args.scope) },
      transaction,
    })
    if (row === null) return null
    await row.update({ revokedAt: args.now }, { transaction })
    return toRow(row)
  })
}

function toRow(row: ApiTokenRow): ApiTokenRow {
  const { id, name, groupId, role, createdByUserId, createdAt, lastUsedAt, expiresAt } = row
  const isSystemAdmin = Boolean(row.isSystemAdmin)
  // In a row just created, omitted values are `undefined`.
  return {
    id,
    name,
    groupId: groupId ?? null,
    role,
    isSystemAdmin,
    createdByUserId: createdByUserId ?? null,
    createdAt,
    lastUsedAt: lastUsedAt ?? null,
    expiresAt: expiresAt ?? null,
  }
}
