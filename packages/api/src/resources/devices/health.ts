import type { DeviceRow, DeviceStateRow } from '@paikea/database'
import type { DeviceView } from './schema.ts'

const MINUTE_MS = 60_000
/** A device that does not say how often it reports is taken to do so every hour. */
const DEFAULT_INTERVAL_MINUTES = 60
/** From its due time a report takes up to about 6½ min, and the satellite may be late. */
const GRACE_MINUTES = 15
const DAY_MINUTES = 24 * 60

/**
 * Whether a device is heard from as often as it should be, with whatever message, by when it was sent: `late` when two reports in a row are
 * missing, `silent` when a day, or four intervals if those are longer, went by without any. A sleep it was sent into
 * counts as its interval.
 */
export function healthOf(
  device: Pick<DeviceRow, 'lastSentAt'> & {
    readonly state: Pick<DeviceStateRow, 'intervalMinutes' | 'sleepMinutes'> | null
  },
  now: Date,
): DeviceView['health'] {
  const { lastSentAt, state } = device
  if (lastSentAt === null) return 'unknown'
  const interval = Math.max(state?.intervalMinutes ?? DEFAULT_INTERVAL_MINUTES, state?.sleepMinutes ?? 0)
  const ageMinutes = (now.getTime() - lastSentAt.getTime()) / MINUTE_MS
  if (ageMinutes > Math.max(DAY_MINUTES, 4 * interval)) return 'silent'
  return ageMinutes > 2 * interval + GRACE_MINUTES ? 'late' : 'ok'
}
