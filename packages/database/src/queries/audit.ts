import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { inGroups, reading } from './scope.ts'

/** Who did what, from where, with the state before and after. */
export interface AuditRow {
  readonly id: number
  readonly at: Date
  readonly actor: string
  readonly address: string | null
  readonly action: string
  readonly subject: string | null
  readonly groupId: number | null
  readonly before: unknown
  readonly after: unknown
  /** What entries of earlier versions have instead of `before` and `after`. */
  readonly detail: unknown
}

/** Records who did what, in the transaction of the change: both are committed or neither. */
export async function recordAudit(
  db: Database,
  args: {
    readonly actor: string
    readonly address: string | null
    readonly action: string
    readonly subject: string
    readonly groupId: number | null
    readonly before: Readonly<Record<string, unknown>> | null
    readonly after: Readonly<Record<string, unknown>> | null
  },
  tx: Transaction,
): Promise<void> {
  const { actor, address, action, subject, groupId, before, after } = args
  const states = {
    ...(before === null ? {} : { beforeState: before }),
    ...(after === null ? {} : { afterState: after }),
  }
  await db.models.AuditLog.create({ actor, address, action, subject, groupId, ...states }, { transaction: tx })
}

/** Entries of these groups, newest first. Entries without a group are for callers who see all. */
export async function listAudit(
  db: Database,
  args: {
    readonly scope: GroupScope
    readonly actor?: string | undefined
    readonly subject?: string | undefined
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly AuditRow[]> {
  const { scope, actor, subject, limit, afterId } = args
  const rows = await db.models.AuditLog.findAll({
    where: {
      ...inGroups(scope),
      ...(actor === undefined ? {} : { actor }),
      ...(subject === undefined ? {} : { subject }),
      ...(afterId === null ? {} : { id: { [Op.lt]: afterId } }),
    },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  return rows.map(({ id, at, actor, address, action, subject, groupId, beforeState, afterState, detail }) => {
    return { id, at, actor, address, action, subject, groupId, before: beforeState, after: afterState, detail }
  })
}
