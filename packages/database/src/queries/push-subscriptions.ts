import { createHash } from 'node:crypto'
import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { reading } from './scope.ts'

/** Browsers per user at most; a new one replaces the oldest. */
export const MAX_PUSH_SUBSCRIPTIONS = 10

/** A browser that receives alerts. */
export interface PushSubscriptionRow {
  readonly id: number
  readonly userId: number
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
  readonly userAgent: string | null
  readonly createdAt: Date
}

/** A browser's user, and the groups whose alerts that user may see. */
export interface PushListener {
  readonly id: number
  readonly isSystemAdmin: boolean
  readonly groupIds: readonly number[]
}

/** Adds a browser, or reassigns a known one to its present user. @returns its id */
export async function insertPushSubscription(
  db: Database,
  args: Omit<PushSubscriptionRow, 'id' | 'createdAt'>,
  tx: Transaction,
): Promise<number> {
  const { PushSubscription } = db.models
  const endpointHash = createHash('sha256').update(args.endpoint).digest('hex')
  await PushSubscription.destroy({ where: { endpointHash }, transaction: tx })
  const { id } = await PushSubscription.create({ ...args, endpointHash }, { transaction: tx })
  const own = await PushSubscription.findAll({
    where: { userId: args.userId },
    order: [['id', 'DESC']],
    transaction: tx,
  })
  const beyond = own.slice(MAX_PUSH_SUBSCRIPTIONS).map((row) => row.id)
  if (beyond.length > 0) await PushSubscription.destroy({ where: { id: beyond }, transaction: tx })
  return id
}

/** A user's browsers, newest first. */
export async function listPushSubscriptions(
  db: Database,
  args: { readonly userId: number },
): Promise<readonly PushSubscriptionRow[]> {
  const rows = await db.models.PushSubscription.findAll({ where: { userId: args.userId }, order: [['id', 'DESC']] })
  return rows.map((row) => row.get({ plain: true }))
}

/** One browser; `null` if it is gone. */
export async function findPushSubscription(
  db: Database,
  args: { readonly id: number },
): Promise<PushSubscriptionRow | null> {
  const row = await db.models.PushSubscription.findOne({ where: { id: args.id } })
  return row?.get({ plain: true }) ?? null
}

/** Deletes a browser: of this user, or of any. @returns whether it existed */
export async function deletePushSubscription(
  db: Database,
  args: { readonly id: number; readonly userId?: number },
  tx: Transaction,
): Promise<boolean> {
  const { id, userId } = args
  const where = userId === undefined ? { id } : { id, userId }
  return (await db.models.PushSubscription.destroy({ where, transaction: tx })) > 0
}

/** Every browser that may be notified, with what its user may see. */
export async function listPushAudience(db: Database, tx?: Transaction): Promise<readonly PushListener[]> {
  const { PushSubscription, User, Membership } = db.models
  const browsers = await PushSubscription.findAll({ attributes: ['id', 'userId'], ...reading(tx) })
  if (browsers.length === 0) return []
  const userId = [...new Set(browsers.map((row) => row.userId))]
  const users = await User.findAll({ where: { id: userId, disabledAt: { [Op.is]: null } }, ...reading(tx) })
  const memberships = await Membership.findAll({ where: { userId }, ...reading(tx) })
  const byId = new Map(users.map((user) => [user.id, user]))
  return browsers.flatMap((browser) => {
    const user = byId.get(browser.userId)
    if (user === undefined) return []
    const groupIds = memberships.filter((one) => one.userId === user.id).map(({ groupId }) => groupId)
    return [{ id: browser.id, isSystemAdmin: user.isSystemAdmin, groupIds }]
  })
}
