import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { NoticeChannel, NoticePhase } from '../tables/alert-notices.ts'
import type { AlertRow } from './alerts.ts'

/** A notice to send, and its recipient. */
export interface NewNotice {
  readonly alertId: number
  readonly channel: NoticeChannel
  /** An e-mail address, or an endpoint's id. */
  readonly address: string
  readonly phase: NoticePhase
  readonly dueAt: Date
}

/** A due notice, with its alert. */
export interface DueNotice extends NewNotice {
  readonly id: number
  readonly attempts: number
  readonly alert: AlertRow
}

/** Adds notices; existing ones stay unchanged. */
export async function addNotices(
  db: Database,
  args: { readonly notices: readonly NewNotice[] },
  tx: Transaction,
): Promise<void> {
  const { notices } = args
  if (notices.length === 0) return
  await db.models.AlertNotice.bulkCreate([...notices], { ignoreDuplicates: true, transaction: tx })
}

/**
 * The notices sent when these alerts opened, so that the same recipients learn of their end. Unsent ones are withdrawn:
 * nobody needs to hear of both at once.
 */
export async function settleOpenedNotices(
  db: Database,
  args: { readonly alertIds: readonly number[] },
  tx: Transaction,
): Promise<readonly Pick<NewNotice, 'alertId' | 'channel' | 'address'>[]> {
  const { AlertNotice } = db.models
  const ofThese = { alertId: [...args.alertIds], phase: 'opened' as const }
  const told = await AlertNotice.findAll({ where: { ...ofThese, sentAt: { [Op.ne]: null } }, transaction: tx })
  await AlertNotice.update({ dueAt: null }, { where: { ...ofThese, sentAt: null }, transaction: tx })
  return told.map(({ alertId, channel, address }) => ({ alertId, channel, address }))
}

/** Due notices, longest waiting first. */
export async function listDueNotices(
  db: Database,
  args: { readonly now: Date; readonly limit: number },
): Promise<readonly DueNotice[]> {
  const rows = await db.models.AlertNotice.findAll({
    where: { dueAt: { [Op.lte]: args.now } },
    order: [
      ['dueAt', 'ASC'],
      ['id', 'ASC'],
    ],
    limit: args.limit,
  })
  const found = await db.models.Alert.findAll({ where: { id: [...new Set(rows.map(({ alertId }) => alertId))] } })
  const alerts = new Map(found.map((row) => [row.id, row.get({ plain: true })]))
  return rows.flatMap((row) => {
    const alert = alerts.get(row.alertId)
    const { id, alertId, channel, address, phase, attempts, dueAt } = row
    return alert === undefined || dueAt === null
      ? []
      : [{ id, alertId, channel, address, phase, attempts, dueAt, alert }]
  })
}

/** Records the outcome of sending notices: sent, to retry, or given up. */
export async function recordNotices(
  db: Database,
  args: {
    readonly ids: readonly number[]
    readonly attempts: number
    readonly sentAt: Date | null
    readonly dueAt: Date | null
    readonly error: string | null
  },
): Promise<void> {
  const { ids, attempts, sentAt, dueAt, error } = args
  await db.write(async (transaction) => {
    const values = { attempts, sentAt, dueAt, lastError: error?.slice(0, 200) ?? null }
    await db.models.AlertNotice.update(values, { where: { id: [...ids] }, transaction })
  })
}
