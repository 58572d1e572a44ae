/**
 * When a buoy is due, late, silent or asleep as ordered, and when a command reaches it. Pure: no input or output, no
 * clock of its own.
 *
 * @module
 */
export { nextContact, nextExpected } from './next-expected.ts'
export { readHealth, SILENT_WITHOUT_SCHEDULE_MS } from './health.ts'
export { commandReach } from './command-reach.ts'
export { estimateIntervalMinutes } from './estimate-interval.ts'
export { nextDueMs, retriesMs, V3_DEFAULT_INTERVAL_MINUTES } from './grid.ts'
export type { CommandReach } from './command-reach.ts'
export type { HealthReading, ScheduleHealth } from './health.ts'
export type { DeviceKnowledge, Expectation, ExpectationReason, HeardReport, OrderedSleep } from './knowledge.ts'
