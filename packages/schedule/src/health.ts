import type { DeviceKnowledge, Expectation } from './knowledge.ts'
import { nextExpected } from './next-expected.ts'

/** A device's state relative to its own schedule. */
export type ScheduleHealth =
  /** Heard as expected, or not due yet. */
  | 'ok'
  /** Silent as ordered. */
  | 'asleep'
  /** Its report is overdue; retries may still bring it. */
  | 'late'
  /** The retries are over too. */
  | 'silent'
  /** It never reported, or keeps no schedule that is known. */
  | 'unknown'

/** A device's health with its reason. */
export interface HealthReading {
  readonly health: ScheduleHealth
  /** A code: `on-schedule`, `sleeping-as-ordered`, `report-overdue`, `retries-over`, `never-reported`, `no-schedule`. */
  readonly reason: string
  readonly nextExpected: Expectation | null
}

/**
 * A device that keeps no schedule of ours (a handset, a tracker, a buoy of unknown generation) is silent after this
 * long without a sign of life.
 */
export const SILENT_WITHOUT_SCHEDULE_MS: number = 24 * 3_600_000

/** Reads the health of a device at an instant. */
export function readHealth(device: DeviceKnowledge, now: Date): HealthReading {
  const expected = nextExpected(device)
  if (expected === null) return { ...withoutSchedule(device, now), nextExpected: null }
  if (now < expected.from) {
    const isAsleep = expected.why === 'after-sleep'
    return {
      health: isAsleep ? 'asleep' : 'ok',
      reason: isAsleep ? 'sleeping-as-ordered' : 'on-schedule',
      nextExpected: expected,
    }
  }
  if (now <= expected.to) return { health: 'ok', reason: 'on-schedule', nextExpected: expected }
  if (now <= expected.silentAfter) return { health: 'late', reason: 'report-overdue', nextExpected: expected }
  return { health: 'silent', reason: 'retries-over', nextExpected: expected }
}

function withoutSchedule(device: DeviceKnowledge, now: Date): Omit<HealthReading, 'nextExpected'> {
  const heardAt = device.lastHeardAt ?? device.lastReport?.transmittedAt ?? null
  if (heardAt === null) return { health: 'unknown', reason: 'never-reported' }
  if (now.getTime() - heardAt.getTime() > SILENT_WITHOUT_SCHEDULE_MS) return { health: 'silent', reason: 'no-schedule' }
  return { health: 'ok', reason: 'no-schedule' }
}
