import { clippedText, double, key, now, orNull, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/**
 * A device's present state. Follows the time of the fix, so that a message that is hours late does not move it back.
 */
export const DEVICE_STATES = table('device_states', {
  deviceId: key,
  lastReportAt: orNull(time),
  lastFixAt: orNull(time),
  latitude: orNull(double),
  longitude: orNull(double),
  sogKnots: orNull(double),
  cogDegrees: orNull(double),
  batteryVolts: orNull(double),
  intervalMinutes: orNull(double),
  sleepMinutes: orNull(double),
  reason: orNull(clippedText(32)),
  status: orNull(clippedText(8)),
  lastReceivedAt: orNull(time),
  /** When the newest of its messages of any kind arrived. */
  heardAt: orNull(time),
  /**
   * When the newest of its messages was sent: the vendor retries for days, so what arrives now may be from last week.
   */
  heardSentAt: orNull(time),
  /** Time of the newest fix that was suspect on arrival. */
  suspectAt: orNull(time),
  /**
   * When the newest message with a position was sent, and, if that repeats another, since when the position has been
   * frozen.
   */
  positionSentAt: orNull(time),
  frozenSince: orNull(time),
  updatedAt: now,
})

export type DeviceState = ModelOf<typeof DEVICE_STATES>
