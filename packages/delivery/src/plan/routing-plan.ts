import { findTarget } from '../targets/registry.ts'
import type { TargetAddress } from '../targets/target.ts'
import type { Subject } from './subject.ts'

/** Device kinds a route can name as its source. */
export type SourceKind = 'buoy' | 'handset' | 'rockstar'

/** The message to be routed, as far as routes look at it. */
export interface RoutableMessage {
  readonly messageId: number
  readonly messageType: string | null
  readonly receivedAt: Date
  /** IMEI it came from: a position is never sent back to its own modem. */
  readonly imei: string | null
  /**
   * Keys of the targets that have its position already: it is a copy of an earlier message's, under another MOMSN, and not
   * paid for twice. `all`: the earlier one is still to be acted on. `null`: it is no copy.
   */
  readonly sentTo: 'all' | readonly string[] | null
  readonly subject: Subject | null
  readonly device: { readonly id: number; readonly kind: string; readonly groupId: number } | null
}

/** A route with its target resolved to what holds the modem now. */
export interface PlanRoute {
  readonly id: number
  readonly groupId: number
  readonly sourceKind: string
  readonly sourceDeviceId: number | null
  readonly messageType: string
  readonly target: TargetAddress
}

/** How long a delivery may wait for its send before it is of no use any more. */
export interface TimeToLive {
  /** @default 6 h */
  readonly positionMs: number
  /** @default 24 h */
  readonly commandMs: number
}

/** A position of this morning misleads; a command that waits a day still does what was asked for. */
export const defaultTimeToLive: TimeToLive = { positionMs: 6 * 3_600_000, commandMs: 24 * 3_600_000 }

/** One delivery to be written as a row of `outbound_messages`. */
export interface PlannedDelivery {
  readonly route: PlanRoute
  readonly targetKey: string
  readonly text: string
  readonly expiresAt: Date
}

/** What the routes make of one message. */
export interface RoutingPlan {
  readonly deliveries: readonly PlannedDelivery[]
  readonly skipped: readonly { readonly routeId: number; readonly reason: string }[]
}

/** Works out the deliveries of a message; pure, and every route that matched shows up on one side or the other. */
export function planDeliveries(
  message: RoutableMessage,
  routes: readonly PlanRoute[],
  timeToLive: TimeToLive = defaultTimeToLive,
): RoutingPlan {
  const deliveries: PlannedDelivery[] = []
  const skipped: { routeId: number; reason: string }[] = []
  for (const route of routes) {
    const targetKey = targetKeyOf(route.target)
    // A route whose target was taken away matches nothing.
    if (targetKey === null || !matches(route, message)) continue
    const outcome = planOne(message, { route, targetKey }, timeToLive)
    if (typeof outcome === 'string') skipped.push({ routeId: route.id, reason: outcome })
    // Routes may overlap, as one for all buoys and one for this buoy; the same text is paid for once.
    else if (deliveries.some((other) => isTwin(other, outcome)))
      skipped.push({ routeId: route.id, reason: 'same-target' })
    else deliveries.push(outcome)
  }
  return { deliveries, skipped }
}

function isTwin(one: PlannedDelivery, other: PlannedDelivery): boolean {
  return one.targetKey === other.targetKey && one.text === other.text
}

/** What deliveries to this target queue up behind; `null` = it is no complete target of a kind this version knows. */
export function targetKeyOf(target: TargetAddress): string | null {
  return findTarget(target.kind)?.keyOf(target) ?? null
}

function matches(route: PlanRoute, message: RoutableMessage): boolean {
  const { device } = message
  if (device === null || route.groupId !== device.groupId) return false
  if (route.sourceKind !== 'any' && route.sourceKind !== device.kind) return false
  if (route.sourceDeviceId !== null && route.sourceDeviceId !== device.id) return false
  return route.messageType === 'any' || route.messageType === message.messageType
}

function planOne(
  message: RoutableMessage,
  { route, targetKey }: { readonly route: PlanRoute; readonly targetKey: string },
  timeToLive: TimeToLive,
): PlannedDelivery | string {
  const { subject } = message
  const { target } = route
  if (subject === null) return 'nothing-to-send'
  if (message.sentTo === 'all' || message.sentTo?.includes(targetKey) === true) return 'repeat'
  if (target.imei !== null && target.imei === message.imei) return 'own-modem'
  const formatted = findTarget(target.kind)?.format({ messageType: message.messageType, subject }, target)
  if (formatted?.ok !== true) return formatted?.reason ?? 'no-format-for-target'
  const livesMs = subject.kind === 'position' ? timeToLive.positionMs : timeToLive.commandMs
  return { route, targetKey, text: formatted.text, expiresAt: new Date(message.receivedAt.getTime() + livesMs) }
}
