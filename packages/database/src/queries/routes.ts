import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { RouteSourceKind, TargetKind } from '../models/outbound.ts'
import { inGroups, inWrite, reading } from './scope.ts'

/** What a route says: from whom, what, to whom. */
export interface RouteValues {
  readonly groupId: number
  readonly sourceKind: RouteSourceKind
  readonly sourceDeviceId: number | null
  readonly messageType: string
  readonly targetKind: TargetKind
  readonly targetModemId: number | null
  readonly targetSerial: string | null
  readonly enabled: boolean
}

/** A route with the names of what it speaks of. */
export interface RouteRow extends RouteValues {
  readonly id: number
  readonly sourceIam: string | null
  readonly targetImei: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Routes of these groups, newest first. */
export function listRoutes(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
  tx?: Transaction,
): Promise<readonly RouteRow[]> {
  const { scope, limit, afterId } = args
  const where = { ...inGroups(scope), ...(afterId === null ? {} : { id: { [Op.lt]: afterId } }) }
  return loadRoutes(db, where, limit, tx)
}

/** A route, if it may be seen. */
export async function findRoute(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<RouteRow | null> {
  const [row] = await loadRoutes(db, { id: args.id, ...inGroups(args.scope) }, 1, tx)
  return row ?? null
}

/** The id of a route that already says the same, whether it is enabled or not. */
export async function findSameRoute(
  db: Database,
  args: { readonly values: RouteValues; readonly exceptId: number | null },
  tx?: Transaction,
): Promise<number | null> {
  const { enabled: _enabled, ...where } = args.values
  const row = await db.models.Route.findOne({
    where: { ...where, deletedAt: null, ...(args.exceptId === null ? {} : { id: { [Op.ne]: args.exceptId } }) },
    ...reading(tx),
  })
  return row?.id ?? null
}

/** Makes a route; answers its id. */
export function insertRoute(db: Database, args: { readonly values: RouteValues }, tx?: Transaction): Promise<number> {
  return inWrite(db, tx, async (transaction) => (await db.models.Route.create({ ...args.values }, { transaction })).id)
}

/** Puts new values in the place of a route's. */
export function updateRoute(
  db: Database,
  args: { readonly id: number; readonly values: RouteValues },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Route.update({ ...args.values }, { where: { id: args.id }, transaction })
  })
}

/** Ends a route. What it already caused goes on. */
export function deleteRoute(
  db: Database,
  args: { readonly id: number; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Route.update({ deletedAt: args.now }, { where: { id: args.id }, transaction })
  })
}

/** Waits for whoever else is changing the routes of a group, so that two cannot make the same one at once. */
export async function lockGroup(db: Database, args: { readonly id: number }, tx: Transaction): Promise<void> {
  await db.models.Group.findOne({ where: { id: args.id }, transaction: tx, lock: true })
}

async function loadRoutes(
  db: Database,
  where: object,
  limit: number,
  tx: Transaction | undefined,
): Promise<readonly RouteRow[]> {
  const rows = await db.models.Route.findAll({
    where: { deletedAt: null, ...where },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  const present = (ids: readonly (number | null)[]): number[] => [...new Set(ids.filter((id) => id !== null))]
  const [devices, modems] = await Promise.all([
    db.models.Device.findAll({ where: { id: present(rows.map((row) => row.sourceDeviceId)) }, ...reading(tx) }),
    db.models.Modem.findAll({ where: { id: present(rows.map((row) => row.targetModemId)) }, ...reading(tx) }),
  ])
  const iamOf = new Map(devices.map(({ id, iam }) => [id, iam]))
  const imeiOf = new Map(modems.map(({ id, imei }) => [id, imei]))
  return rows.map((row) => ({
    id: row.id,
    groupId: row.groupId,
    sourceKind: row.sourceKind,
    sourceDeviceId: row.sourceDeviceId,
    sourceIam: row.sourceDeviceId === null ? null : (iamOf.get(row.sourceDeviceId) ?? null),
    messageType: row.messageType,
    targetKind: row.targetKind,
    targetModemId: row.targetModemId,
    targetImei: row.targetModemId === null ? null : (imeiOf.get(row.targetModemId) ?? null),
    targetSerial: row.targetSerial,
    enabled: Boolean(row.enabled),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}
