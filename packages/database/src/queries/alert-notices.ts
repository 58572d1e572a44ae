import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { NoticeChannel, NoticePhase } from '../tables/alert-notices.ts'
import type { AlertRow } from './alerts.ts'

/** What is to be told to whom. */
export interface NewNotice {
  readonly alertId: number
  readonly channel: NoticeChannel
  /** An e-mail address, or an endpoint's id. */
  readonly address: string
  readonly phase: NoticePhase
  readonly dueAt: Date
}

/** One that is due, with its alert. */
export interface DueNotice extends NewNotice {
  readonly id: number
  readonly attempts: number
  readonly alert: AlertRow
}

/** Adds notices; those that are there already stay as they are. */
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
 * What was told of the beginning of these alerts, to tell the end to the same people. What was not told yet is taken back:
 * nobody has to hear of both at once.
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

/** Notices that are due, those that wait longest first. */
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

/** Notes how telling went: told, to be tried again, or given up. */
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
