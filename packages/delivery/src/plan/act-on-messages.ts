import { messageSubject } from '@paikea/domain'
import {
  insertOutbound,
  listDeliveriesOf,
  listFreed,
  loadAnsweredDepths,
  loadForAction,
  loadOutboundForDispatch,
  loadRoutesForAction,
  markProcessed,
  markRepeats,
  type DeliveryLane,
  type MessageForAction,
  type NewOutbound,
  type Transaction,
  type UndispatchedOutbound,
} from '@paikea/database'

import { confirmCommands } from '../commands/confirm-commands.ts'
import { noteRoutedCommands } from '../commands/note-routed-commands.ts'
import type { ActResult } from '../contract.ts'
import { isForAnother } from './overtaking.ts'
import type { PlannedDelivery, PlanRoute } from './routing-plan.ts'
import type { DeliveryDeps } from '../deps.ts'
import { planMessages } from './plan-messages.ts'
import type { PlansOfMessages } from './repeated-commands.ts'
import { answeredSince } from '../airtime/depth.ts'
import type { Turns } from '../send/turns.ts'

/** Maximum number of waiting deliveries woken at a time; the rest rely on their timers. */
const MAX_WOKEN = 50

/** What acting on messages wrote, and what remains to be done after the commit. */
export interface Acted {
  /** One per requested message, in the same order. */
  readonly results: readonly ActResult[]
  readonly fresh: readonly UndispatchedOutbound[]
  /** Commands sent again because their devices had forgotten them. */
  readonly renewedIds: readonly number[]
  readonly processedIds: readonly number[]
  /** The oldest of the messages, by device. */
  readonly oldestOfDevice: ReadonlyMap<number, number>
  /** Age of each message when it was acted on, in seconds. */
  readonly ages: readonly number[]
}

/**
 * Acts on messages: plans deliveries from the routes, writes each once per message and route unless a newer message has
 * overtaken it, and marks the messages processed. Idempotent.
 */
export async function actOnMessages(
  deps: DeliveryDeps,
  messageIds: readonly number[],
  tx: Transaction,
): Promise<Acted> {
  const { db } = deps
  const now = deps.now?.() ?? new Date()
  const messages = await loadForAction(db, { messageIds, lock: true }, tx)
  const open = messages.filter((message) => message.state === 'accepted')
  const renewedIds = await confirmCommands(db, open, now, tx)
  const groupIds = new Set(open.flatMap((message) => (message.device === null ? [] : [message.device.groupId])))
  const routes = await loadRoutesForAction(db, { groupIds: [...groupIds] }, tx)
  const { plans, repeatedCommandIds } = await planMessages(deps, open, routes, tx)
  const depths = await loadDepths(deps, open, plans, now, tx)
  const rows = open.flatMap((message) =>
    (plans.get(message.messageId)?.deliveries ?? []).map((delivery) =>
      toRow(message, delivery, now, depthOf(message, delivery, depths)),
    ),
  )
  await insertOutbound(db, { rows }, tx)
  await noteRoutedCommands(db, open, plans, now, tx)
  const processedIds = open.map((message) => message.messageId)
  const skipped = new Map([...plans].map(([id, plan]) => [id, plan.skipped]))
  if (processedIds.length > 0) await markProcessed(db, { messageIds: processedIds, at: now, skipped }, tx)
  await markRepeats(db, { messageIds: repeatedCommandIds }, tx)
  // Includes messages acted on earlier, for the result of an activity that runs again after a crash.
  const before = messages.filter((message) => message.state === 'processed').map((message) => message.messageId)
  // And of those that another message stands in for: another process may have acted on one meanwhile, and found it in front.
  const stoodInFor = [...skipped].flatMap(([id, routes]) => (routes.some(isForAnother) ? [id] : []))
  const withDeliveries = new Set([...rows.map((row) => row.causeMessageId), ...before, ...stoodInFor])
  const written = await listDeliveriesOf(db, { messageIds: [...withDeliveries] }, tx)
  const iams = new Map(routes.map((route) => [route.id, route.endpoint.iam]))
  const keys = new Map(messages.map(({ messageId, key }) => [messageId, key]))
  const sources = new Map(
    messages.map(({ messageId, imei, device }) => [messageId, { imei, iam: device?.iam ?? null }]),
  )
  return {
    results: messageIds.map((messageId) => {
      const own = written.filter((row) => row.causeMessageId === messageId)
      const message = messages.find((found) => found.messageId === messageId)
      const unsent = skipped.get(messageId) ?? message?.skippedRoutes ?? []
      return {
        messageId,
        state: stateOf(message),
        deliveries: own.map((row) => row.outboundId),
        direct: own.filter((row) => row.lane === 'direct' && !row.isFinished).map((row) => row.outboundId),
        skipped: unsent.filter(({ routeId }) => !own.some((row) => row.routeId === routeId)),
      }
    }),
    fresh: written
      .filter((row) => plans.has(row.causeMessageId) && row.lane === 'workflow')
      .map((row) => ({
        outboundId: row.outboundId,
        subject: messageSubject(keys.get(row.causeMessageId) ?? ''),
        imei: row.imei,
        iam: row.routeId === null ? null : (iams.get(row.routeId) ?? null),
        text: row.text,
        targetKind: row.targetKind,
        targetLabel: row.endpointLabel,
        targetKey: row.targetKey,
        orderKey: row.causeMessageId,
        cause: {
          kind: 'route',
          messageId: row.causeMessageId,
          ...(sources.get(row.causeMessageId) ?? { imei: null, iam: null }),
        },
      })),
    renewedIds,
    processedIds,
    ages: open.map(({ receivedAt }) => Math.max(0, (now.getTime() - receivedAt.getTime()) / 1_000)),
    oldestOfDevice: oldestOf(open),
  }
}

/** Notifies listeners, after the commit. */
export async function announceActed(deps: DeliveryDeps, turns: Turns, acted: Acted): Promise<void> {
  if (acted.fresh.length > 0) deps.notifyOutbound(acted.fresh)
  for (const seconds of acted.ages) deps.figures?.acted(seconds)
  if (acted.renewedIds.length > 0) await announceRenewed(deps, acted.renewedIds)
  if (acted.processedIds.length > 0) deps.onProcessed?.(acted.processedIds)
  await wakeWaiting(deps, turns, acted.oldestOfDevice)
}

/** If this fails, the dispatcher's sweep finds them. */
async function announceRenewed({ db, notifyOutbound, log }: DeliveryDeps, ids: readonly number[]): Promise<void> {
  try {
    notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: ids }))
  } catch (error) {
    log.warn('recovery.not-announced', { ids, error: String(error) })
  }
}

function stateOf(message: MessageForAction | undefined): ActResult['state'] {
  if (message === undefined) return 'missing'
  return message.state === 'quarantined' ? 'quarantined' : 'processed'
}

/** Whether its report's `st` says that it accepted or refused a command. */
const ANSWERS: ReadonlySet<number | null> = new Set([3, 4])

function isAnswer({ report }: MessageForAction): boolean {
  return ANSWERS.has(report?.reasonCode ?? null)
}

function isCommand({ decoded }: MessageForAction): boolean {
  return typeof decoded === 'object' && decoded !== null && 'kind' in decoded && decoded.kind === 'command'
}

/** How deep the commands are that these messages answer, or that their targets have just answered; asked for only where any may be. */
async function loadDepths(
  deps: DeliveryDeps,
  open: readonly MessageForAction[],
  plans: PlansOfMessages['plans'],
  now: Date,
  tx: Transaction,
): Promise<ReadonlyMap<number, number>> {
  const deviceIds = new Set<number>()
  for (const message of open) {
    if (message.device !== null && isAnswer(message)) deviceIds.add(message.device.id)
    if (!isCommand(message)) continue
    for (const { route } of plans.get(message.messageId)?.deliveries ?? []) {
      if (route.endpoint.deviceId !== null) deviceIds.add(route.endpoint.deviceId)
    }
  }
  return loadAnsweredDepths(deps.db, { deviceIds: [...deviceIds], since: answeredSince(now) }, tx)
}

function depthOf(message: MessageForAction, { route }: PlannedDelivery, depths: ReadonlyMap<number, number>): number {
  const answered = isAnswer(message) ? depths.get(message.device?.id ?? 0) : undefined
  const before = isCommand(message) ? depths.get(route.endpoint.deviceId ?? 0) : undefined
  return 1 + Math.max(answered ?? 0, before ?? 0)
}

function toRow(message: MessageForAction, delivery: PlannedDelivery, createdAt: Date, depth: number): NewOutbound {
  const { route, payload } = delivery
  const { target, endpoint } = route
  return {
    groupId: route.groupId,
    targetGroupId: endpoint.modemGroupId === route.groupId ? null : endpoint.modemGroupId,
    causeMessageId: message.messageId,
    routeId: route.id,
    sourceDeviceId: message.device?.id ?? null,
    targetKind: target.kind,
    targetKey: delivery.targetKey,
    endpointId: endpoint.id,
    lane: laneOf(route),
    modemId: endpoint.modemId,
    ...(target.addressee?.(endpoint.config) ?? { imei: null, serial: null }),
    orderKey: message.messageId,
    text: delivery.text,
    payload,
    credits: target.creditsFor(payload),
    depth,
    expiresAt: delivery.expiresAt,
    createdAt,
  }
}

function oldestOf(messages: readonly MessageForAction[]): ReadonlyMap<number, number> {
  const oldest = new Map<number, number>()
  for (const { device, messageId } of messages)
    if (device !== null) oldest.set(device.id, Math.min(messageId, oldest.get(device.id) ?? messageId))
  return oldest
}

/** Programs are tried by the message's own workflow; the others have one of their own, if their endpoint is not paused. */
function laneOf({ target, endpoint }: PlanRoute): DeliveryLane {
  if (target.triedBy === 'message') return 'direct'
  return endpoint.state === 'active' ? 'workflow' : 'held'
}

/**
 * Wakes deliveries that waited for these messages. Deliberately after the commit: a delivery commits that it waits and
 * then looks once more, so one of the two always sees the other.
 */
async function wakeWaiting(deps: DeliveryDeps, turns: Turns, processed: Acted['oldestOfDevice']): Promise<void> {
  if (processed.size === 0) return
  turns.wakeDevices(new Set(processed.keys()))
  try {
    const waiting = await listFreed(deps.db, { processed, limit: MAX_WOKEN })
    const targets = new Set<string>()
    for (const delivery of waiting) {
      // The first of each queue is enough: it passes the turn on to the next.
      if (targets.has(delivery.targetKey)) continue
      targets.add(delivery.targetKey)
      turns.wake(delivery)
    }
  } catch (error) {
    deps.log.warn('turn.wake-failed', { error: String(error) })
  }
}
