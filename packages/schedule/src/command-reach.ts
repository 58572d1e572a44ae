import type { DeviceKnowledge } from './knowledge.ts'
import { GIVE_UP_AFTER_MS, ON_TIME_MS } from './grid.ts'
import { nextContact } from './next-expected.ts'

/** A queued command drains with each session: the answer to the one before follows 20 s later, with a new fix. */
const SHORTEST_ANSWER_MS = 20_000
const LONGEST_ANSWER_MS = GIVE_UP_AFTER_MS + SHORTEST_ANSWER_MS
/** A v2 buoy empties the gateway's queue in the same contact, by mailbox checks. */
const V2_MAILBOX_CHECK_MS = 60_000

/** When a command reaches its device, and when the device's own report can show it. */
export interface CommandReach {
  readonly expectedAt: { readonly from: Date; readonly to: Date }
  /**
   * When the report that confirms or refuses it should have arrived. `null` if the device sends none: a v2 buoy
   * acknowledges neither an interval nor a sleep.
   */
  readonly answeredBy: Date | null
}

/**
 * Computes when a command queued now will reach its device: with the device's next session, behind what the gateway
 * already holds for it.
 *
 * @param device what is known of the target
 * @param now when the command is queued
 * @param queuedBefore how many messages wait at the gateway before it
 * @returns null if the device's schedule is unknown
 */
export function commandReach(device: DeviceKnowledge, now: Date, queuedBefore = 0): CommandReach | null {
  const contact = nextContact(device, now)
  if (contact === null) return null
  if (device.generation === 'v2') {
    const waitMs = queuedBefore * V2_MAILBOX_CHECK_MS
    return { expectedAt: { from: contact.from, to: new Date(contact.to.getTime() + waitMs) }, answeredBy: null }
  }
  const from = new Date(contact.from.getTime() + queuedBefore * SHORTEST_ANSWER_MS)
  const to = new Date(contact.to.getTime() + queuedBefore * LONGEST_ANSWER_MS)
  return {
    expectedAt: { from, to },
    answeredBy: new Date(contact.silentAfter.getTime() + queuedBefore * LONGEST_ANSWER_MS + ON_TIME_MS),
  }
}
