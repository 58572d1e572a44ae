/** The gateway holds at most this many messages for a modem. */
export const GATEWAY_QUEUE_LIMIT = 50
/** What a modem did not fetch within this is purged, all of that modem's at once. */
const PURGED_AFTER_MS = 5 * 86_400_000

/** An estimate of the gateway's queue for a modem, which cannot be queried. */
export interface GatewayQueue {
  readonly depth: number
  /** When the gateway purges all of it, unless the modem fetches something before; null while it is empty. */
  readonly purgedAt: Date | null
}

/**
 * Estimates the gateway's queue for a modem: each message sent adds one, each session of the modem takes the oldest.
 *
 * @param sentAt when messages left for the gateway, oldest first
 * @param contacts when the modem had sessions, oldest first
 */
export function gatewayQueue(sentAt: readonly Date[], contacts: readonly Date[], now: Date): GatewayQueue {
  const events = [
    ...sentAt.map((at) => ({ at, isSession: false })),
    ...contacts.map((at) => ({ at, isSession: true })),
  ].toSorted((one, other) => one.at.getTime() - other.at.getTime())
  let held: Date[] = []
  for (const { at, isSession } of events) {
    held = purge(held, at)
    if (isSession) held = held.slice(1)
    else held = [...held, at]
  }
  held = purge(held, now)
  const [oldest] = held
  return { depth: held.length, purgedAt: oldest === undefined ? null : new Date(oldest.getTime() + PURGED_AFTER_MS) }
}

function purge(held: Date[], now: Date): Date[] {
  const [oldest] = held
  return oldest !== undefined && now.getTime() - oldest.getTime() > PURGED_AFTER_MS ? [] : held
}
