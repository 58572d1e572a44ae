import { beginDrain, findRoute, insertOutbound, listPastMessages, type RouteRow } from '@paikea/database'
import { loadPlanRoute, planPast } from '@paikea/delivery'
import { requireRole, scopeOf } from '../caller.ts'
import { operation, type OperationContext } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { requireTarget } from './resolve-route.ts'

const PER_BATCH = 200
/** So many messages are looked at by one call; the next goes on behind them. */
export const MAX_BACKFILL = 10_000

/** The past that a route is given. */
export interface BackfillWish {
  readonly id: number
  /** Messages that arrived from then on. */
  readonly from: Date
  /** @default now */
  readonly to?: Date | undefined
  /** Credits it may cost, as the dry run says; without it nothing is sent. */
  readonly confirm?: number | undefined
}

/** What it comes to, or came to. */
export interface Backfill {
  /** Messages that were looked at. */
  readonly messages: number
  readonly deliveries: number
  readonly credits: number
  /** Messages that send nothing, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  readonly applied: boolean
  /** More of the past is left than one call takes: arrived since this moment. Called again, it goes on there. */
  readonly isCut: boolean
}

const write = operation<BackfillWish & { readonly to: Date; readonly confirm: number }, Backfill>(
  'route.backfilled',
  async (work, { id, from, to, confirm }) => {
    const row = await findRoute(work.db, { scope: scopeOf(work.caller), id }, work.tx)
    if (row === null) throw refuseUnknown('route')
    requireRole(work.caller, row.groupId, 'operator')
    await requireTarget(work, row.endpoint)
    const found = await plan(work, row, { from, to, isWritten: true })
    if (found.credits > confirm) {
      throw refuseConflict('price-changed', `It now costs ${found.credits} credits: check again.`, 'confirm')
    }
    await beginDrain(work.db, { endpointId: row.endpointId }, work.tx)
    const { messages, deliveries, credits } = found
    const after = { from: from.toISOString(), to: to.toISOString(), messages, deliveries, credits }
    return { result: found, subject: `route/${String(id)}`, groupId: row.groupId, before: null, after }
  },
)

/**
 * Gives a route the past from a point on, as a backlog of its endpoint. What the route has sent already is not sent again.
 * Without `confirm` it only tells what that would cost.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if the route is switched off, or costs more than confirmed
 */
export async function backfillRoute(context: OperationContext, wish: BackfillWish): Promise<Backfill> {
  const { id, from, to = new Date(), confirm } = wish
  if (from > to) throw refuseField('from', 'after-to', 'must not be after to')
  if (confirm !== undefined) return write(context, { ...wish, to, confirm })
  const row = await findRoute(context.db, { scope: scopeOf(context.caller), id })
  if (row === null) throw refuseUnknown('route')
  requireRole(context.caller, row.groupId, 'operator')
  await requireTarget(context, row.endpoint)
  return plan(context, row, { from, to, isWritten: false })
}

type Where = Pick<OperationContext, 'db'> & { readonly tx?: Parameters<typeof insertOutbound>[2] }

async function plan(
  { db, tx }: Where,
  row: RouteRow,
  { from, to, isWritten }: { readonly from: Date; readonly to: Date; readonly isWritten: boolean },
): Promise<Backfill> {
  const { id, groupId, sourceDeviceId: deviceId } = row
  const route = await loadPlanRoute(db, { id, groupId }, tx)
  if (route === null) throw refuseConflict('route-off', 'The route is switched off. Switch it on first.')
  const now = new Date()
  const skipped: Record<string, number> = {}
  const sum = { messages: 0, deliveries: 0, credits: 0 }
  let afterId = 0
  let isCut = false
  for (;;) {
    const selection = { groupId, routeId: id, deviceId, from, to, afterId, limit: PER_BATCH }
    const messageIds = await listPastMessages(db, selection, tx)
    const found = await planPast(db, { route, messageIds, now }, tx)
    sum.messages += messageIds.length
    sum.deliveries += found.rows.length
    for (const { credits } of found.rows) sum.credits += credits
    for (const [reason, count] of found.skipped) skipped[reason] = (skipped[reason] ?? 0) + count
    if (isWritten && tx !== undefined) await insertOutbound(db, { rows: found.rows }, tx)
    afterId = messageIds.at(-1) ?? afterId
    if (messageIds.length < PER_BATCH) break
    isCut = sum.messages >= MAX_BACKFILL
    if (isCut) break
  }
  return { ...sum, skipped, applied: isWritten, isCut }
}
