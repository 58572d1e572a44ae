import { nextDueMs, ON_TIME_MS, retriesMs, V3_DEFAULT_INTERVAL_MINUTES } from './grid.ts'
import type { DeviceKnowledge, Expectation, HeardReport } from './knowledge.ts'

/** The vendor's gateway and the webhook take seconds; this much is allowed before a report counts as late. */
const DELIVERY_MS = 60_000
/** `sl` is rounded down to whole minutes. */
const SLEEP_ROUNDING_MS = 60_000
/** Interval of a v2 buoy from the factory. */
const V2_FACTORY_INTERVAL_MINUTES = 10
/** A v2 buoy with a lower setting works at this one. */
const V2_SHORTEST_INTERVAL_MINUTES = 2
/** A v2 buoy looks this long for a fix; without one it sends nothing. */
const V2_FIX_MS = 900_000
/** Five failed sessions, 5, 10, 30 and 60 s apart, each up to a minute. */
const V2_RETRIES_MS = 105_000 + 5 * 60_000

/**
 * When the report after the last one should come.
 *
 * @returns null if nothing can be said: the device never reported, or keeps no schedule that is known
 */
export function nextExpected(device: DeviceKnowledge): Expectation | null {
  const { lastReport, lastHeardAt } = device
  if (lastReport === null) return null
  const expected = expectAfter(device, lastReport)
  if (expected === null || lastHeardAt === null || lastHeardAt < expected.from) return expected
  // A mailbox check or a repeated payload is no report, but the device was awake: it is due again after that.
  return expectAfter(device, { ...lastReport, transmittedAt: lastHeardAt, fixAt: null, sleepMinutes: 0 })
}

function expectAfter(device: DeviceKnowledge, report: HeardReport): Expectation | null {
  switch (device.generation) {
    case 'v3':
      return expectV3(report)
    case 'v2':
      return expectV2(device, report)
    case null:
      return null
  }
}

/**
 * The instant from which the next report is expected that can fetch a command queued at `now`: the first of this and
 * the following expectations that is not over yet. For a device that is overdue, the next time it would try.
 */
export function nextContact(device: DeviceKnowledge, now: Date): Expectation | null {
  const expected = nextExpected(device)
  if (expected === null || expected.to > now) return expected
  const { lastReport } = device
  if (lastReport === null) return null
  if (device.generation === 'v3') {
    // It missed this one. Its retries come at 10-minute marks, its regular reports on the grid.
    const intervalMinutes = expected.why === 'after-sleep' ? V3_DEFAULT_INTERVAL_MINUTES : intervalOfV3(lastReport)
    const missed = expected.from.getTime()
    const retry = retriesMs(missed, intervalMinutes).find((markMs) => markMs + ON_TIME_MS > now.getTime())
    const regularMs = nextDueMs(now.getTime() - ON_TIME_MS, intervalMinutes)
    return onGrid(Math.min(retry ?? regularMs, regularMs), intervalMinutes, 'grid')
  }
  const intervalMs = intervalOfV2(device) * 60_000
  const periods = Math.ceil((now.getTime() - lastReport.transmittedAt.getTime()) / intervalMs)
  const fromMs = lastReport.transmittedAt.getTime() + Math.max(periods, 1) * intervalMs
  return { ...expected, ...windowOfV2(fromMs, intervalMs) }
}

function expectV3(report: HeardReport): Expectation {
  const sleepMinutes = report.sleepMinutes ?? 0
  if (sleepMinutes > 0) {
    // It sleeps from the end of the answer that announced it, then wakes off the grid, at 10 min.
    const wakesMs = report.transmittedAt.getTime() + sleepMinutes * 60_000
    const expected = onGrid(wakesMs, V3_DEFAULT_INTERVAL_MINUTES, 'after-sleep')
    return { ...expected, to: new Date(expected.to.getTime() + SLEEP_ROUNDING_MS) }
  }
  const intervalMinutes = intervalOfV3(report)
  // The grid counts from the fix: a mark that passes while the report is being sent is made up for at once.
  const countsFromMs = (report.fixAt ?? report.transmittedAt).getTime()
  const isFixPlausible =
    countsFromMs <= report.transmittedAt.getTime() && report.transmittedAt.getTime() - countsFromMs < ON_TIME_MS
  return onGrid(
    nextDueMs(isFixPlausible ? countsFromMs : report.transmittedAt.getTime(), intervalMinutes),
    intervalMinutes,
    'grid',
  )
}

function onGrid(dueMs: number, intervalMinutes: number, why: Expectation['why']): Expectation {
  const retries = retriesMs(dueMs, intervalMinutes)
  // Short intervals have no retry: the next regular report takes its place.
  const lastTryMs = retries.at(-1) ?? nextDueMs(dueMs, intervalMinutes)
  return {
    from: new Date(dueMs),
    to: new Date(dueMs + ON_TIME_MS + DELIVERY_MS),
    silentAfter: new Date(lastTryMs + ON_TIME_MS + DELIVERY_MS),
    why,
  }
}

function intervalOfV3(report: HeardReport): number {
  // 0 means "10 min" to the firmware.
  return report.intervalMinutes === null || report.intervalMinutes <= 0
    ? V3_DEFAULT_INTERVAL_MINUTES
    : report.intervalMinutes
}

function expectV2(device: DeviceKnowledge, report: HeardReport): Expectation {
  const intervalMs = intervalOfV2(device) * 60_000
  const reportedMs = report.transmittedAt.getTime()
  const { orderedSleep } = device
  if (orderedSleep !== null && orderedSleep.from.getTime() >= reportedMs) {
    // It sleeps at once, then waits for the end of its period, which may be over by then.
    const wakesMs = Math.max(orderedSleep.from.getTime() + orderedSleep.seconds * 1000, reportedMs + intervalMs)
    return { ...windowOfV2(wakesMs, intervalMs), why: 'after-sleep' }
  }
  const why = device.intervalMinutes === null ? 'factory-interval' : 'interval'
  return { ...windowOfV2(reportedMs + intervalMs, intervalMs), why }
}

function windowOfV2(fromMs: number, intervalMs: number): Omit<Expectation, 'why'> {
  const toMs = fromMs + V2_FIX_MS + V2_RETRIES_MS + DELIVERY_MS
  // One period without a fix passes in silence. The second one in a row is told.
  return {
    from: new Date(fromMs),
    to: new Date(toMs),
    silentAfter: new Date(toMs + intervalMs + V2_FIX_MS + V2_RETRIES_MS),
  }
}

function intervalOfV2(device: DeviceKnowledge): number {
  return Math.max(device.intervalMinutes ?? V2_FACTORY_INTERVAL_MINUTES, V2_SHORTEST_INTERVAL_MINUTES)
}
