import { type ScheduledDevice, toKnowledge } from '@paikea/delivery'
import { readHealth } from '@paikea/schedule'
import { presentTime } from '../../http/fields.ts'
import type { DeviceView } from './schema.ts'

/** A device's health against its own schedule, with the reason, and when its next report is due. */
export function healthOf(
  device: ScheduledDevice,
  now: Date,
): Pick<DeviceView, 'health' | 'healthReason' | 'nextExpected'> {
  const { health, reason, nextExpected } = readHealth(toKnowledge(device), now)
  return {
    health,
    healthReason: reason,
    nextExpected:
      nextExpected === null
        ? null
        : { from: presentTime(nextExpected.from), to: presentTime(nextExpected.to), why: nextExpected.why },
  }
}
