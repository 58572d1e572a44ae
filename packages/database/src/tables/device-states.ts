import { clippedText, double, key, now, orNull, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** What is known of a device now. Follows the time of the fix, so that a message that is hours late does not move it back. */
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
  /** When the newest of its messages of any kind came in. */
  heardAt: orNull(time),
  /** When the newest of its messages was sent: the vendor repeats for days, so what comes in now may tell of last week. */
  heardSentAt: orNull(time),
  /** Time of the newest fix that was not believed when it came. */
  suspectAt: orNull(time),
  /** When the newest message with a position was sent, and since when the position stands still if that repeats another. */
  positionSentAt: orNull(time),
  frozenSince: orNull(time),
  updatedAt: now,
})

export type DeviceState = ModelOf<typeof DEVICE_STATES>
