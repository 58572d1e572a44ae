import { reasonFor, type JobReason } from './reasons.ts'

/** What is known about a job and its device at one moment. */
export interface JobFacts {
  readonly state:
    'prepared' | 'offered' | 'downloading' | 'installed' | 'succeeded' | 'failed' | 'timed-out' | 'cancelled'
  readonly filesDone: number
  readonly filesTotal: number
  /** The device's last request for this job. */
  readonly heardAt: Date | null
  readonly installedAt: Date | null
  readonly expiresAt: Date
  /** How often it was sent into its updater over its link, and when last. */
  readonly restarts: number
  readonly restartedAt: Date | null
  /** When the device was last heard from outside its updater: a report, a registration. */
  readonly seenAt: Date | null
  /** Its live link, if it has one. */
  readonly link: { readonly since: Date; readonly isControlled: boolean } | null
}

/** The outcome of a look at a job. */
export interface LookOutcome {
  /** `null`: unchanged. */
  readonly state: 'succeeded' | 'failed' | 'timed-out' | null
  /** `undefined`: unchanged. */
  readonly reason: JobReason | null | undefined
  /** Send the device into its updater over its link. */
  readonly restart: boolean
  /** The job needs no further looks. */
  readonly isDone: boolean
  /** When to look again at the latest, in milliseconds. */
  readonly nextLookMs: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** A link that has just opened may belong to a device that is still booting. */
const LINK_SETTLES_MS = 30 * SECOND
/** From `reset` to the first `check`: booting, up to 30 s for the Wi-Fi, and some slack. */
const RESTART_TAKES_MS = 90 * SECOND
const SILENT_AFTER_MS = 3 * MINUTE
/** After the last file the device only moves folders. */
const INSTALL_TAKES_MS = 2 * MINUTE
const MAX_RESTARTS = 5
const NOT_SEEN_AFTER_MS = 24 * HOUR
const NOT_SEEN_ENDS_MS = 14 * 24 * HOUR
const LONGEST_LOOK_MS = 6 * HOUR

/** Decides the outcome for a job, and when to look at it again. */
export function decideLook(facts: JobFacts, now: Date): LookOutcome {
  switch (facts.state) {
    case 'installed':
      return lookAtInstalled(facts, now)
    case 'prepared':
    case 'offered':
    case 'downloading':
      return lookAtOpen(facts, now)
    case 'succeeded':
    case 'failed':
    case 'timed-out':
    case 'cancelled':
      return { ...stay(LONGEST_LOOK_MS), isDone: true }
  }
}

function lookAtInstalled(facts: JobFacts, now: Date): LookOutcome {
  const { installedAt, seenAt, link } = facts
  if (installedAt === null) return stay(MINUTE)
  const isSeen = isAfter(seenAt, installedAt) || isAfter(link?.since ?? null, installedAt)
  if (isSeen) return { ...end('succeeded', null) }
  const age = since(installedAt, now)
  if (age > NOT_SEEN_ENDS_MS) return { ...stay(HOUR), reason: reasonFor('not-seen-since'), isDone: true }
  if (age > NOT_SEEN_AFTER_MS) return { ...stay(HOUR), reason: reasonFor('not-seen-since') }
  return stay(age < 10 * MINUTE ? 30 * SECOND : 10 * MINUTE)
}

function lookAtOpen(facts: JobFacts, now: Date): LookOutcome {
  const { state, heardAt, expiresAt, link, restarts, restartedAt, filesDone, filesTotal } = facts
  const silentMs = heardAt === null ? Number.POSITIVE_INFINITY : since(heardAt, now)
  const isExpired = now >= expiresAt
  if (isExpired && silentMs > HOUR)
    return end('timed-out', reasonFor(state === 'prepared' ? 'never-asked' : 'given-up'))
  // The link opened after its last request: the device left its updater, or never entered it.
  if (link !== null && !isAfter(heardAt, link.since)) {
    if (restartedAt !== null && since(restartedAt, now) < RESTART_TAKES_MS && !isAfter(link.since, restartedAt)) {
      return stay(RESTART_TAKES_MS - since(restartedAt, now))
    }
    if (restarts >= MAX_RESTARTS) return end('failed', reasonFor('too-many-restarts'))
    const stands = since(link.since, now)
    if (stands < LINK_SETTLES_MS) {
      return { ...stay(LINK_SETTLES_MS - stands), reason: state === 'prepared' ? undefined : reasonFor('cut') }
    }
    if (link.isControlled) return { ...stay(15 * SECOND), reason: reasonFor('page-holds-controls') }
    return { ...stay(RESTART_TAKES_MS), reason: state === 'prepared' ? undefined : reasonFor('cut'), restart: true }
  }
  if (state === 'prepared')
    return stay(Math.min(LONGEST_LOOK_MS, Math.max(MINUTE, expiresAt.getTime() - now.getTime())))
  const hasAll = filesTotal > 0 && filesDone >= filesTotal
  if (hasAll && silentMs > INSTALL_TAKES_MS) return { ...stay(MINUTE), reason: reasonFor('silent-while-installing') }
  if (hasAll) return { ...stay(20 * SECOND), reason: reasonFor('keep-power-on') }
  if (silentMs > SILENT_AFTER_MS)
    return { ...stay(silentMs > HOUR ? 10 * MINUTE : MINUTE), reason: reasonFor('silent') }
  return { ...stay(MINUTE), reason: null }
}

function stay(nextLookMs: number): LookOutcome {
  return { state: null, reason: undefined, restart: false, isDone: false, nextLookMs: Math.max(SECOND, nextLookMs) }
}

function end(state: 'succeeded' | 'failed' | 'timed-out', reason: JobReason | null): LookOutcome {
  return { state, reason, restart: false, isDone: true, nextLookMs: LONGEST_LOOK_MS }
}

function since(at: Date, now: Date): number {
  return now.getTime() - at.getTime()
}

function isAfter(at: Date | null, other: Date): boolean {
  return at !== null && at > other
}
