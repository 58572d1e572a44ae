import { createHash } from 'node:crypto'
import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { reading } from './scope.ts'

/** A person has at most this many; a new one takes the place of the oldest. */
export const MAX_PUSH_SUBSCRIPTIONS = 10

/** A browser that is told of alerts. */
export interface PushSubscriptionRow {
  readonly id: number
  readonly userId: number
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
  readonly userAgent: string | null
  readonly createdAt: Date
}

/** Whose browser it is, and which groups' alerts that person may see. */
export interface PushListener {
  readonly id: number
  readonly isSystemAdmin: boolean
  readonly groupIds: readonly number[]
}

/** Adds a browser, or gives one that is known already to whoever uses it now. @returns its id */
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

/** A person's browsers, newest first. */
export async function listPushSubscriptions(
  db: Database,
  args: { readonly userId: number },
): Promise<readonly PushSubscriptionRow[]> {
  const rows = await db.models.PushSubscription.findAll({ where: { userId: args.userId }, order: [['id', 'DESC']] })
  return rows.map((row) => row.get({ plain: true }))
}

/** One of them; `null` if it is gone. */
export async function findPushSubscription(
  db: Database,
  args: { readonly id: number },
): Promise<PushSubscriptionRow | null> {
  const row = await db.models.PushSubscription.findOne({ where: { id: args.id } })
  return row?.get({ plain: true }) ?? null
}

/** Takes a browser away: of this person, or of anyone. @returns whether it was there */
export async function deletePushSubscription(
  db: Database,
  args: { readonly id: number; readonly userId?: number },
  tx: Transaction,
): Promise<boolean> {
  const { id, userId } = args
  const where = userId === undefined ? { id } : { id, userId }
  return (await db.models.PushSubscription.destroy({ where, transaction: tx })) > 0
}

/** Every browser that may be told of something, with what its person may see. */
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
