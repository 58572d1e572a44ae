import { type Database, type DeviceRow, listReportTimes, type Transaction } from '@paikea/database'
import type { DeviceGeneration } from '@paikea/domain'
import { type DeviceKnowledge, estimateIntervalMinutes } from '@paikea/schedule'

/** Reports whose spacing shows the interval of a v2 buoy. */
const SPACING_REPORTS = 6
/** Time from waking up to giving up. */
const SESSION_MS = 6 * 60_000

/** A device's firmware generation: as entered, else v3 if its reports contain an interval, which only v3 sends. */
export function generationOf(device: Pick<ScheduledDevice, 'kind' | 'generation' | 'state'>): DeviceGeneration | null {
  if (device.kind !== 'buoy') return null
  return device.generation ?? ((device.state?.intervalMinutes ?? null) === null ? null : 'v3')
}

/** What the schedule needs to know about a device. */
export async function knowledgeOf(db: Database, device: DeviceRow, tx?: Transaction): Promise<DeviceKnowledge> {
  const generation = generationOf(device)
  const times =
    generation === 'v2' ? await listReportTimes(db, { deviceId: device.id, limit: SPACING_REPORTS }, tx) : []
  return toKnowledge(device, estimateIntervalMinutes(times))
}

/** The part of a device's schedule that its row tells. */
export type ScheduledDevice = Pick<DeviceRow, 'kind' | 'generation' | 'lastSentAt'> & {
  readonly state: Pick<
    NonNullable<DeviceRow['state']>,
    'lastReportAt' | 'lastFixAt' | 'intervalMinutes' | 'sleepMinutes'
  > | null
}

/**
 * The same from the device's row alone. A v2 buoy does not report its interval: until one has been observed its
 * schedule is unknown, rather than one by which it would be late.
 */
export function toKnowledge(device: ScheduledDevice, seenIntervalMinutes: number | null = null): DeviceKnowledge {
  const { state, lastSentAt } = device
  const generation = generationOf(device)
  return {
    generation: generation === 'v2' && seenIntervalMinutes === null ? null : generation,
    lastReport: state === null ? null : lastReportOf(state, lastSentAt),
    lastHeardAt: lastSentAt,
    intervalMinutes: seenIntervalMinutes,
    orderedSleep: null,
  }
}

function lastReportOf(
  state: NonNullable<ScheduledDevice['state']>,
  lastSentAt: Date | null,
): DeviceKnowledge['lastReport'] {
  const { lastReportAt, lastFixAt, intervalMinutes, sleepMinutes } = state
  if (lastReportAt === null) return null
  // A report is filed under the time of its fix; the session that brought it ended some minutes later.
  const isSession =
    lastSentAt !== null && lastSentAt >= lastReportAt && lastSentAt.getTime() - lastReportAt.getTime() < SESSION_MS
  const isFix = lastFixAt !== null && lastFixAt.getTime() === lastReportAt.getTime()
  return {
    transmittedAt: isSession ? lastSentAt : lastReportAt,
    fixAt: isFix ? lastFixAt : null,
    intervalMinutes,
    sleepMinutes,
  }
}
