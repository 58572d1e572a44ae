import {
  insertOutbound,
  listDeliveriesOf,
  listWaitingOfDevices,
  loadForAction,
  loadRoutesForAction,
  markProcessed,
} from '@paikea/database'
import type { MessageForAction, NewOutbound, RouteForAction, Transaction, UndispatchedOutbound } from '@paikea/database'
import { creditsFor } from '@paikea/rockblock-client'

import type { InboundResult } from '../contract/mod.ts'
import { defaultTimeToLive, planDeliveries } from '../logic/routing-plan.ts'
import type { PlannedDelivery, PlanRoute, RoutingPlan } from '../logic/routing-plan.ts'
import { subjectOf } from '../logic/subject.ts'
import type { ActivityDeps } from './deps.ts'
import type { TurnBoard } from './turn-board.ts'

/** So many waiting deliveries of the devices just acted on are woken at most; the rest has its timers. */
const maxWoken = 50

/** What acting on messages wrote, and what is to be done once it is committed. */
export interface Acted {
  /** One for each message asked for, in that order. */
  readonly results: readonly InboundResult[]
  readonly fresh: readonly UndispatchedOutbound[]
  readonly processedIds: readonly number[]
  readonly deviceIds: ReadonlySet<number>
}

/**
 * Acts on messages: deliveries worked out from the routes, written once per message and route, and the messages marked
 * processed. Doing it again changes nothing.
 */
export async function actOnMessages(
  deps: ActivityDeps,
  messageIds: readonly number[],
  tx: Transaction,
): Promise<Acted> {
  const { db } = deps
  const now = deps.now?.() ?? new Date()
  const messages = await loadForAction(db, { messageIds }, tx)
  const open = messages.filter((message) => message.state === 'accepted')
  const groupIds = new Set(open.flatMap((message) => (message.device === null ? [] : [message.device.groupId])))
  const routes = await loadRoutesForAction(db, { groupIds: [...groupIds] }, tx)
  const planRoutes = routes.flatMap(toPlanRoute)
  const plans = new Map(open.map((message) => [message.messageId, planOf(deps, message, planRoutes)]))
  const rows = open.flatMap((message) =>
    (plans.get(message.messageId)?.deliveries ?? []).map((delivery) => toRow(message, delivery, now)),
  )
  await insertOutbound(db, { rows }, tx)
  const processedIds = open.map((message) => message.messageId)
  if (processedIds.length > 0) await markProcessed(db, { messageIds: processedIds, at: now }, tx)
  // Also those of messages acted on before, for the result: an activity that runs again after a crash.
  const before = messages.filter((message) => message.state === 'processed').map((message) => message.messageId)
  const withDeliveries = new Set([...rows.map((row) => row.causeMessageId), ...before])
  const written = await listDeliveriesOf(db, { messageIds: [...withDeliveries] }, tx)
  const iams = new Map(routes.map((route) => [route.id, route.targetIam]))
  const sources = new Map(
    messages.map(({ messageId, imei, device }) => [messageId, { imei, iam: device?.iam ?? null }]),
  )
  return {
    results: messageIds.map((messageId) => ({
      messageId,
      state: stateOf(messages.find((message) => message.messageId === messageId)),
      deliveries: written.filter((row) => row.causeMessageId === messageId).map((row) => row.outboundId),
      skipped: plans.get(messageId)?.skipped ?? [],
    })),
    fresh: written
      .filter((row) => plans.has(row.causeMessageId))
      .map((row) => ({
        outboundId: row.outboundId,
        imei: row.imei,
        iam: row.routeId === null ? null : (iams.get(row.routeId) ?? null),
        text: row.text,
        targetKey: row.targetKey,
        orderKey: row.causeMessageId,
        cause: {
          kind: 'route',
          messageId: row.causeMessageId,
          ...(sources.get(row.causeMessageId) ?? { imei: null, iam: null }),
        },
      })),
    processedIds,
    deviceIds: new Set(open.flatMap((message) => (message.device === null ? [] : [message.device.id]))),
  }
}

/** Tells those who are concerned, after the commit. */
export async function announceActed(deps: ActivityDeps, board: TurnBoard, acted: Acted): Promise<void> {
  if (acted.fresh.length > 0) deps.notifyOutbound(acted.fresh)
  if (acted.processedIds.length > 0) deps.onProcessed?.(acted.processedIds)
  await wakeWaiting(deps, board, acted.deviceIds)
}

function stateOf(message: MessageForAction | undefined): InboundResult['state'] {
  if (message === undefined) return 'missing'
  return message.state === 'quarantined' ? 'quarantined' : 'processed'
}

function planOf(deps: ActivityDeps, message: MessageForAction, routes: readonly PlanRoute[]): RoutingPlan {
  return planDeliveries(
    {
      messageId: message.messageId,
      messageType: message.packetType,
      receivedAt: message.receivedAt,
      imei: message.imei,
      isRepeat: message.report?.isRepeat ?? false,
      subject: subjectOf(message.report, message.decoded),
      device: message.device,
    },
    routes,
    deps.timeToLive ?? defaultTimeToLive,
  )
}

function toPlanRoute(route: RouteForAction): PlanRoute[] {
  const base = {
    id: route.id,
    groupId: route.groupId,
    sourceKind: route.sourceKind,
    sourceDeviceId: route.sourceDeviceId,
    messageType: route.messageType,
  }
  if (route.targetKind === 'modem' && route.targetModemId !== null && route.targetImei !== null) {
    const generation = route.generation === 'v2' || route.generation === 'v3' ? route.generation : null
    return [{ ...base, target: { kind: 'modem', modemId: route.targetModemId, imei: route.targetImei, generation } }]
  }
  if (route.targetKind === 'rockstar' && route.targetSerial !== null) {
    return [{ ...base, target: { kind: 'rockstar', serial: route.targetSerial } }]
  }
  // A route whose target was taken away matches nothing.
  return []
}

function toRow(message: MessageForAction, delivery: PlannedDelivery, createdAt: Date): NewOutbound {
  const { route } = delivery
  const payload = new TextEncoder().encode(delivery.text)
  return {
    groupId: route.groupId,
    causeMessageId: message.messageId,
    routeId: route.id,
    sourceDeviceId: message.device?.id ?? null,
    targetKind: route.target.kind,
    targetKey: delivery.targetKey,
    modemId: route.target.kind === 'modem' ? route.target.modemId : null,
    imei: route.target.kind === 'modem' ? route.target.imei : null,
    serial: route.target.kind === 'rockstar' ? route.target.serial : null,
    orderKey: message.messageId,
    text: delivery.text,
    payload,
    credits: creditsFor(payload.byteLength),
    expiresAt: delivery.expiresAt,
    createdAt,
  }
}

/**
 * Deliveries that waited for these messages to be acted on look again. After the commit on purpose: a delivery commits
 * that it waits and then looks once more, so one of the two always sees the other.
 */
async function wakeWaiting(deps: ActivityDeps, board: TurnBoard, deviceIds: ReadonlySet<number>): Promise<void> {
  if (deviceIds.size === 0) return
  board.wakeDevices(deviceIds)
  try {
    const waiting = await listWaitingOfDevices(deps.db, { deviceIds: [...deviceIds], limit: maxWoken })
    const targets = new Set<string>()
    for (const delivery of waiting) {
      // The first of each queue is enough: it passes the turn on.
      if (targets.has(delivery.targetKey)) continue
      targets.add(delivery.targetKey)
      if (!board.wake(delivery.outboundId)) deps.wakeOutbound(delivery.outboundId)
    }
  } catch (error) {
    deps.log.warn('turn.wake-failed', { error: String(error) })
  }
}
