import type { DeviceView, FleetView, MessageEventData, ReportEventData } from '@paikea/api/contract'

/**
 * Applies a report to a fleet. The position follows the time of the fix, never arrival, so a message that is hours late
 * moves nothing back. Idempotent.
 *
 * @returns `null` if the fleet does not contain the device and has to be reloaded
 */
export function applyReport(fleet: FleetView, report: ReportEventData): FleetView | null {
  return withDevice(fleet, report.iam, (device) => ({
    ...seen(device, report),
    lastReport: nextReport(device, report),
    lastFix: nextFix(device, report),
    positionFrozenSince: frozenSince(device, report),
    nextExpected: nextExpected(device, report),
  }))
}

/**
 * Applies a message of any kind: its device was heard from.
 *
 * @returns as `applyReport`
 */
export function applyMessage(fleet: FleetView, message: MessageEventData): FleetView | null {
  return withDevice(fleet, message.iam, (device) => seen(device, message))
}

function withDevice(
  fleet: FleetView,
  iam: string | null,
  change: (device: DeviceView) => DeviceView,
): FleetView | null {
  // A modem that is in no device affects nothing.
  if (iam === null) return fleet
  const index = fleet.items.findIndex((device) => device.iam === iam)
  const device = fleet.items[index]
  if (device === undefined) return null
  return { ...fleet, items: fleet.items.with(index, change(device)) }
}

/** A message older than this says nothing about the device's present state: the next reload will tell. */
const MAX_DELAY_MS = 75 * 60_000

function seen(
  device: DeviceView,
  { receivedAt, transmitTime }: Pick<MessageEventData, 'receivedAt' | 'transmitTime'>,
): DeviceView {
  // One that was held up while the database was unavailable adds nothing.
  if (device.lastSeen !== null && receivedAt < device.lastSeen) return device
  const delayMs = transmitTime === null ? 0 : Date.parse(receivedAt) - Date.parse(transmitTime)
  return { ...device, lastSeen: receivedAt, health: delayMs > MAX_DELAY_MS ? device.health : 'ok' }
}

function nextReport({ lastReport }: DeviceView, report: ReportEventData): DeviceView['lastReport'] {
  const isNewer = lastReport === null || report.at > lastReport.at
  const receivedAt = later(lastReport?.receivedAt ?? null, report.receivedAt)
  if (!isNewer) return { ...lastReport, receivedAt }
  return {
    at: report.at,
    receivedAt,
    // The device's settings stay until a report says otherwise.
    batteryVolts: report.batteryVolts ?? lastReport?.batteryVolts ?? null,
    intervalMinutes: report.intervalMinutes ?? lastReport?.intervalMinutes ?? null,
    sleepMinutes: report.sleepMinutes ?? lastReport?.sleepMinutes ?? null,
    // Reason and status belong to this report alone.
    reason: report.reason,
    status: report.status,
  }
}

function nextFix({ lastFix }: DeviceView, report: ReportEventData): DeviceView['lastFix'] {
  const { hasFix, quality, at, latitude, longitude, sogKnots, cogDegrees } = report
  // A suspect position is not shown until another fix or a user confirms it.
  if (!hasFix || quality === 'suspect' || latitude === null || longitude === null) return lastFix
  if (lastFix !== null && at <= lastFix.at) return lastFix
  return { at, latitude, longitude, sogKnots, cogDegrees }
}

/** A repeat of the last fix freezes the position from then on; a new fix ends that; a late one changes nothing. */
function frozenSince(
  { lastFix, positionFrozenSince }: DeviceView,
  { hasFix, isRepeat, at }: ReportEventData,
): DeviceView['positionFrozenSince'] {
  if (!hasFix || lastFix === null || at < lastFix.at) return positionFrozenSince
  return isRepeat ? at : null
}

const MINUTE_MS = 60_000

/**
 * Estimates when the report after this one is due: one interval later, with the same tolerance. The service knows
 * better and is asked at the next reload; until then a device that has just reported must not show as overdue.
 */
function nextExpected(
  { nextExpected: before, lastReport }: DeviceView,
  { at, intervalMinutes, sleepMinutes }: ReportEventData,
): DeviceView['nextExpected'] {
  if (before === null || (lastReport !== null && at <= lastReport.at)) return before
  const minutes = intervalMinutes ?? lastReport?.intervalMinutes ?? 0
  if (minutes === 0 || (sleepMinutes ?? 0) > 0) return null
  const middle = Date.parse(at) + minutes * MINUTE_MS
  const half = (Date.parse(before.to) - Date.parse(before.from)) / 2
  const iso = (ms: number): string => new Date(ms).toISOString()
  return { ...before, from: iso(middle - half), to: iso(middle + half) }
}

/** All times have the same format, so the later one is the greater text. */
function later(a: string | null, b: string): string {
  return a !== null && a > b ? a : b
}
