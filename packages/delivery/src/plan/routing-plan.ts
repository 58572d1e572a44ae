import type { WholeMessage } from '@paikea/database'

import type { Target } from '../targets/target.ts'
import type { Subject } from './subject.ts'
import { defaultTimeToLive, type TimeToLive } from './time-to-live.ts'

/** The part of a message that routes examine. */
export interface RoutableMessage {
  readonly messageId: number
  readonly messageType: string | null
  readonly receivedAt: Date
  /** IMEI of the sender: a position is never sent back to its own modem. */
  readonly imei: string | null
  /**
   * Keys of the targets that already have its position, because it repeats an earlier message's under another MOMSN:
   * that is not paid for twice. `all`: the earlier message has not been acted on yet. `null`: it is not a repeat.
   */
  readonly sentTo: 'all' | readonly string[] | null
  readonly subject: Subject | null
  /** Its position is implausibly far from its neighbours, and nothing has confirmed it yet. */
  readonly isImplausible: boolean
  /** For target kinds that pass on the whole message. */
  readonly whole: WholeMessage | null
  readonly device: { readonly id: number; readonly kind: string; readonly groupId: number } | null
}

/** A route with its endpoint, as the target kind reads it. */
export interface PlanRoute {
  readonly id: number
  readonly groupId: number
  readonly sourceKind: string
  readonly sourceDeviceId: number | null
  readonly messageType: string
  readonly target: Target
  readonly endpoint: PlanEndpoint
}

/** A route's destination. */
export interface PlanEndpoint {
  readonly id: number
  readonly config: unknown
  readonly format: string | null
  readonly state: string
  readonly modemId: number | null
  /** The device that holds the modem now; these four are `null` if there is none. */
  readonly deviceId: number | null
  readonly deviceKind: string | null
  /** The handset or tracker whose commands the buoy obeys. */
  readonly ownerId: number | null
  readonly iam: string | null
  /** The device that holds the modem. */
  readonly modemGroupId: number | null
  readonly generation: 'v2' | 'v3' | null
}

/** A delivery to be written as a row of `outbound_messages`. */
export interface PlannedDelivery {
  readonly route: PlanRoute
  readonly targetKey: string
  readonly text: string | null
  readonly payload: Uint8Array
  /** `null` = never. */
  readonly expiresAt: Date | null
}

/** The deliveries that the routes make of one message. */
export interface RoutingPlan {
  readonly deliveries: readonly PlannedDelivery[]
  readonly skipped: readonly { readonly routeId: number; readonly reason: string }[]
}

/** Plans a message's deliveries. Pure; every route that matches yields a delivery or a reason. */
export function planDeliveries(
  message: RoutableMessage,
  routes: readonly PlanRoute[],
  timeToLive: TimeToLive = defaultTimeToLive,
): RoutingPlan {
  const deliveries: PlannedDelivery[] = []
  const skipped: { routeId: number; reason: string }[] = []
  for (const route of routes) {
    if (mismatchOf(route, message) !== null) continue
    const outcome = planOne(message, route, timeToLive)
    if (typeof outcome === 'string') skipped.push({ routeId: route.id, reason: outcome })
    // Routes may overlap (one for all buoys, one for this buoy); the same text is paid for once.
    else if (deliveries.some((other) => isTwin(other, outcome)))
      skipped.push({ routeId: route.id, reason: 'same-target' })
    else deliveries.push(outcome)
  }
  return { deliveries, skipped }
}

function isTwin(one: PlannedDelivery, other: PlannedDelivery): boolean {
  return one.targetKey === other.targetKey && Buffer.from(one.payload).equals(other.payload)
}

/** Why a route does not match a message; `null` = it matches. */
export function mismatchOf(
  route: Pick<PlanRoute, 'groupId' | 'sourceKind' | 'sourceDeviceId' | 'messageType'>,
  { device, messageType }: Pick<RoutableMessage, 'device' | 'messageType'>,
): 'other-group' | 'other-kind' | 'other-device' | 'other-type' | null {
  if (device === null || route.groupId !== device.groupId) return 'other-group'
  if (route.sourceKind !== 'any' && route.sourceKind !== device.kind) return 'other-kind'
  if (route.sourceDeviceId !== null && route.sourceDeviceId !== device.id) return 'other-device'
  return route.messageType === 'any' || route.messageType === messageType ? null : 'other-type'
}

function planOne(message: RoutableMessage, route: PlanRoute, timeToLive: TimeToLive): PlannedDelivery | string {
  const { subject } = message
  const { target, endpoint } = route
  const targetKey = target.queueKeyOf(endpoint, message.device?.id ?? null)
  // Programs get it at once, marked as suspect. Other targets wait for confirmation: it would cost or mislead.
  if (message.isImplausible && subject?.kind === 'position' && target.wants === 'latest') return 'implausible'
  const hasIt = message.sentTo === 'all' || message.sentTo?.includes(targetKey) === true
  if (hasIt && target.wants === 'latest') return 'repeat'
  const imei = target.addressee?.(endpoint.config).imei ?? null
  if (imei !== null && imei === message.imei) return 'own-modem'
  if (subject?.kind === 'command' && endpoint.deviceKind === 'buoy' && !isFromOwner(message, route)) return 'not-owner'
  const formatted = target.format({ messageType: message.messageType, subject, whole: message.whole }, endpoint)
  if (!formatted.ok) return formatted.reason
  const livesMs = target.timeToLiveMs(subject, timeToLive)
  const expiresAt = livesMs === null ? null : new Date(message.receivedAt.getTime() + livesMs)
  return { route, targetKey, text: formatted.text, payload: formatted.payload, expiresAt }
}

/** A buoy obeys its owner; without one, the device that a route names, and never all handsets at once. */
function isFromOwner({ device }: RoutableMessage, { sourceDeviceId, endpoint }: PlanRoute): boolean {
  return endpoint.ownerId === null ? sourceDeviceId !== null : endpoint.ownerId === device?.id
}
