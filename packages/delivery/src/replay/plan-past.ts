import {
  loadForAction,
  loadRoutesForAction,
  loadWholeMessages,
  type Database,
  type DeliveryLane,
  type NewOutbound,
  type Transaction,
} from '@paikea/database'

import { planDeliveries, type PlanRoute } from '../plan/routing-plan.ts'
import { subjectOf } from '../plan/subject.ts'
import { defaultTimeToLive, type TimeToLive } from '../plan/time-to-live.ts'
import { toPlanRoute } from '../plan/plan-messages.ts'

/** What a route would make of past messages. */
export interface PastPlan {
  readonly rows: readonly NewOutbound[]
  /** Number of messages that send nothing, by reason. */
  readonly skipped: ReadonlyMap<string, number>
}

/** The route and its endpoint as planning reads them; `null` if it is switched off or its kind is unknown. */
export async function loadPlanRoute(
  db: Database,
  of: { readonly id: number; readonly groupId: number },
  tx?: Transaction,
): Promise<PlanRoute | null> {
  const routes = await loadRoutesForAction(db, { groupIds: [of.groupId] }, tx)
  return routes.filter(({ id }) => id === of.id).flatMap(toPlanRoute)[0] ?? null
}

/**
 * Plans the deliveries that a route would have made of past messages, as a backlog of its endpoint. Their time to live
 * starts now. Past commands are not sent again, and repeated positions only once to targets that cost money.
 */
export async function planPast(
  db: Database,
  past: {
    readonly route: PlanRoute
    readonly messageIds: readonly number[]
    readonly now: Date
    readonly timeToLive?: TimeToLive | undefined
  },
  tx?: Transaction,
): Promise<PastPlan> {
  const { route, messageIds, now, timeToLive = defaultTimeToLive } = past
  const { target, endpoint } = route
  const messages = await loadForAction(db, { messageIds }, tx)
  const wholes = target.wants === 'all' ? await loadWholeMessages(db, { messageIds }, tx) : new Map()
  const rows: NewOutbound[] = []
  const skipped = new Map<string, number>()
  const skip = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  // The endpoint's workflow sends `direct` deliveries itself, and gives `held` ones a workflow each.
  const lane: DeliveryLane = target.triedBy === 'message' ? 'direct' : 'held'
  for (const message of messages) {
    const subject = subjectOf(message.report, message.decoded)
    if (subject?.kind === 'command' && target.wants === 'latest') {
      skip('command-of-the-past')
      continue
    }
    const { messageId, packetType, imei, device, report } = message
    const plan = planDeliveries(
      {
        messageId,
        messageType: packetType,
        receivedAt: now,
        imei,
        device,
        subject,
        sentTo: report?.isRepeat === true ? 'all' : null,
        isImplausible: report?.isSuspect === true,
        whole: wholes.get(messageId) ?? null,
      },
      [route],
      timeToLive,
    )
    for (const { reason } of plan.skipped) skip(reason)
    for (const { targetKey, text, payload, expiresAt } of plan.deliveries) {
      rows.push({
        groupId: route.groupId,
        targetGroupId: endpoint.modemGroupId === route.groupId ? null : endpoint.modemGroupId,
        causeMessageId: messageId,
        routeId: route.id,
        sourceDeviceId: device?.id ?? null,
        targetKind: target.kind,
        targetKey,
        endpointId: endpoint.id,
        lane,
        modemId: endpoint.modemId,
        ...(target.addressee?.(endpoint.config) ?? { imei: null, serial: null }),
        orderKey: messageId,
        text,
        payload,
        expiresAt,
        createdAt: now,
        credits: target.creditsFor(payload),
        depth: 1,
      })
    }
  }
  return { rows, skipped }
}
