import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { Route, RouteSourceKind } from '../tables/routes.ts'
import { type EndpointRow, loadEndpoints } from './endpoints.ts'
import { inGroups, inWrite, reading } from './scope.ts'

/** More than any modem has: bounds a transaction. */
const MAX_ROUTES_SWITCHED_OFF = 10_000

/** A route's definition: from whom, what, to whom. */
export interface RouteValues {
  readonly groupId: number
  readonly sourceKind: RouteSourceKind
  readonly sourceDeviceId: number | null
  readonly messageType: string
  readonly endpointId: number
  /** The endpoint's kind. */
  readonly targetKind: string
  readonly enabled: boolean
}

/** A route with the names of its parts. */
export interface RouteRow extends RouteValues {
  readonly id: number
  readonly sourceIam: string | null
  readonly endpoint: EndpointRow
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

/** A route, if visible. */
export async function findRoute(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<RouteRow | null> {
  const [row] = await loadRoutes(db, { id: args.id, ...inGroups(args.scope) }, 1, tx)
  return row ?? null
}

/** The id of an equal route, enabled or not. */
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

/** Creates a route. @returns its id */
export function insertRoute(db: Database, args: { readonly values: RouteValues }, tx?: Transaction): Promise<number> {
  return inWrite(db, tx, async (transaction) => (await db.models.Route.create({ ...args.values }, { transaction })).id)
}

/** Replaces a route's values. */
export function updateRoute(
  db: Database,
  args: { readonly id: number; readonly values: RouteValues },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Route.update({ ...args.values }, { where: { id: args.id }, transaction })
  })
}

/**
 * Disables routes that lead to a modem from a group other than its present one.
 *
 * @returns those that were enabled, as they were
 */
export function switchOffRoutesTo(
  db: Database,
  args: { readonly modemId: number; readonly exceptGroupId: number | null },
  tx?: Transaction,
): Promise<readonly RouteRow[]> {
  const { modemId, exceptGroupId } = args
  return inWrite(db, tx, async (transaction) => {
    const endpoints = await loadEndpoints(db, { modemId }, transaction)
    const where = {
      endpointId: endpoints.map(({ id }) => id),
      enabled: true,
      ...(exceptGroupId === null ? {} : { groupId: { [Op.ne]: exceptGroupId } }),
    }
    const routes = await loadRoutes(db, where, MAX_ROUTES_SWITCHED_OFF, transaction)
    await db.models.Route.update({ enabled: false }, { where: { id: routes.map(({ id }) => id) }, transaction })
    return routes
  })
}

/** Deletes a route. Deliveries it already caused continue. */
export function deleteRoute(
  db: Database,
  args: { readonly id: number; readonly now: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Route.update({ deletedAt: args.now }, { where: { id: args.id }, transaction })
  })
}

/** Serialises changes to a group's routes, so that two calls cannot create the same one. */
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
  const [devices, endpoints] = await Promise.all([
    db.models.Device.findAll({ where: { id: present(rows.map((row) => row.sourceDeviceId)) }, ...reading(tx) }),
    loadEndpoints(db, { id: present(rows.map((row) => row.endpointId)) }, tx),
  ])
  const iamOf = new Map(devices.map(({ id, iam }) => [id, iam]))
  const endpointOf = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  return rows.flatMap((row) => {
    const endpoint = endpointOf.get(row.endpointId ?? 0)
    // Routes end with their endpoint; a half-deleted one is not shown.
    return endpoint === undefined ? [] : [toRouteRow(row, endpoint, iamOf)]
  })
}

function toRouteRow(row: Route, endpoint: EndpointRow, iamOf: ReadonlyMap<number, string>): RouteRow {
  return {
    id: row.id,
    groupId: row.groupId,
    sourceKind: row.sourceKind,
    sourceDeviceId: row.sourceDeviceId,
    sourceIam: row.sourceDeviceId === null ? null : (iamOf.get(row.sourceDeviceId) ?? null),
    messageType: row.messageType,
    targetKind: endpoint.kind,
    endpointId: endpoint.id,
    endpoint,
    enabled: Boolean(row.enabled),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
