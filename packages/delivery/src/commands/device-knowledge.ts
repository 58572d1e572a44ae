import { type Database, type DeviceRow, listReportTimes, type Transaction } from '@paikea/database'
import type { DeviceGeneration } from '@paikea/domain'
import { type DeviceKnowledge, estimateIntervalMinutes } from '@paikea/schedule'

/** Reports whose spacing shows the interval of a v2 buoy. */
const SPACING_REPORTS = 6
/** From waking to giving up. */
const SESSION_MS = 6 * 60_000

/** The generation a device works with: as entered, else v3 where its reports bring an interval, as only v3 does. */
export function generationOf(device: DeviceRow): DeviceGeneration | null {
  if (device.kind !== 'buoy') return null
  return device.generation ?? (device.state?.intervalMinutes == null ? null : 'v3')
}

/** What the schedule has to know of a device. */
export async function knowledgeOf(db: Database, device: DeviceRow, tx?: Transaction): Promise<DeviceKnowledge> {
  const generation = generationOf(device)
  const times =
    generation === 'v2' ? await listReportTimes(db, { deviceId: device.id, limit: SPACING_REPORTS }, tx) : []
  return toKnowledge(device, estimateIntervalMinutes(times))
}

/** The same from the device's row alone. */
export function toKnowledge(device: DeviceRow, seenIntervalMinutes: number | null = null): DeviceKnowledge {
  const { state, lastSentAt } = device
  return {
    generation: generationOf(device),
    lastReport: state === null ? null : lastReportOf(state, lastSentAt),
    lastHeardAt: lastSentAt,
    intervalMinutes: seenIntervalMinutes,
    orderedSleep: null,
  }
}

function lastReportOf(state: NonNullable<DeviceRow['state']>, lastSentAt: Date | null): DeviceKnowledge['lastReport'] {
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
