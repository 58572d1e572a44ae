/** Maximum number of messages that the gateway holds for a modem. */
export const GATEWAY_QUEUE_LIMIT = 50
/** Messages not fetched within this time are purged, all of the modem's at once. */
const PURGED_AFTER_MS = 5 * 86_400_000

/** An estimate of the gateway's queue for a modem, which cannot be queried. */
export interface GatewayQueue {
  readonly depth: number
  /** When the gateway purges the queue unless the modem fetches something first; `null` while it is empty. */
  readonly purgedAt: Date | null
}

/**
 * Estimates the gateway's queue for a modem: each message sent adds one, each session of the modem removes the oldest.
 *
 * @param sentAt when messages were sent to the gateway, oldest first
 * @param contacts times of the modem's sessions, oldest first
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
