import { Op, type Transaction, type WhereOptions } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import type { Endpoint, EndpointState } from '../tables/endpoints.ts'
import { inGroups, inWrite, reading } from './scope.ts'
import { parseStoredJson } from './statement.ts'

/** An endpoint's target and settings. */
export interface EndpointValues {
  readonly groupId: number
  readonly kind: string
  readonly label: string | null
  readonly format: string | null
  readonly addressKey: string
  readonly modemId: number | null
  /** The address as its kind stores it; nothing secret. */
  readonly config: unknown
}

/** An endpoint as shown to users. */
export interface EndpointRow extends EndpointValues {
  readonly id: number
  readonly state: EndpointState
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly stateChangedAt: Date
  readonly failingSince: Date | null
  readonly probeAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Endpoints of these groups, newest first. */
export function listEndpoints(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
  tx?: Transaction,
): Promise<readonly EndpointRow[]> {
  const { scope, limit, afterId } = args
  return loadEndpoints(db, { ...inGroups(scope), ...(afterId === null ? {} : { id: { [Op.lt]: afterId } }) }, tx, limit)
}

/** An endpoint, if visible. */
export async function findEndpoint(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<EndpointRow | null> {
  const [row] = await loadEndpoints(db, { id: args.id, ...inGroups(args.scope) }, tx, 1)
  return row ?? null
}

/** The group's endpoint with the same target. */
export async function findSameEndpoint(
  db: Database,
  args: { readonly groupId: number; readonly addressKey: string },
  tx?: Transaction,
): Promise<EndpointRow | null> {
  const [row] = await loadEndpoints(db, { groupId: args.groupId, addressKey: args.addressKey }, tx, 1)
  return row ?? null
}

/** Creates an endpoint. @returns its id @throws UniqueConstraintError if the group already has it */
export function insertEndpoint(
  db: Database,
  args: { readonly values: EndpointValues; readonly secrets: unknown },
  tx?: Transaction,
): Promise<number> {
  const { values, secrets } = args
  return inWrite(db, tx, async (transaction) => {
    const columns = { ...values, config: JSON.stringify(values.config), secrets: toText(secrets) }
    return (await db.models.Endpoint.create(columns, { transaction })).id
  })
}

/** The id of the group's endpoint with this address, created if there is none. Locks the group. */
export async function ensureEndpoint(
  db: Database,
  args: { readonly values: EndpointValues },
  tx: Transaction,
): Promise<number> {
  await db.models.Group.findOne({ where: { id: args.values.groupId }, transaction: tx, lock: true })
  const same = await findSameEndpoint(db, args.values, tx)
  return same?.id ?? (await insertEndpoint(db, { values: args.values, secrets: null }, tx))
}

/** Rows by any condition, except deleted ones. */
export async function loadEndpoints(
  db: Database,
  where: WhereOptions<Endpoint>,
  tx: Transaction | undefined,
  limit?: number,
): Promise<readonly EndpointRow[]> {
  const rows = await db.models.Endpoint.findAll({
    where: { [Op.and]: [{ deletedAt: null }, where] },
    order: [['id', 'DESC']],
    ...(limit === undefined ? {} : { limit }),
    ...reading(tx),
  })
  return rows.map(toEndpointRow)
}

function toEndpointRow(row: Endpoint): EndpointRow {
  return {
    id: row.id,
    groupId: row.groupId,
    kind: row.kind,
    label: row.label,
    format: row.format,
    addressKey: row.addressKey,
    modemId: row.modemId,
    config: parseStoredJson('endpoints.config', row.config),
    state: row.state,
    reasonCode: row.reasonCode,
    reasonDetail: row.reasonDetail,
    stateChangedAt: row.stateChangedAt,
    failingSince: row.failingSince,
    probeAt: row.probeAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}

function toText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
