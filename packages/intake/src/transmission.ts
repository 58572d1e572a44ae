/**
 * When a message was transmitted, and which of the device's own times are trusted.
 *
 * The vendor's time is trusted however old it is: messages are late by days, imports by years. Only one later than its
 * own arrival is replaced by that. A device's own clock may be broken (1970, or a week rollover of 1,024 weeks): it is
 * trusted within 35 days before the transmission, for a fix that was stored and sent late, and ten minutes after it,
 * for clock skew.
 */
import type { Problem } from '@paikea/database'
import type { MoMessage } from '@paikea/rockblock-client'

const MINUTE_MS = 60_000
const MAX_AHEAD_MS = 10 * MINUTE_MS
const MAX_LATE_MS = 35 * 24 * 60 * MINUTE_MS
const NONE: readonly Problem[] = Object.freeze([])

/** The transmission of one message. */
export interface Transmission {
  /** The vendor's time of the session; `null` if none was sent, or it is not trusted. */
  readonly time: Date | null
  /** The time stored with the message: the arrival if the transmission time is not trusted. */
  readonly shown: Date | null
  readonly receivedAt: Date
  readonly problems: readonly Problem[]
}

/** Judges the vendor's time of a session. */
export function judgeTransmission({ transmitTime, format }: MoMessage, receivedAt: Date): Transmission {
  if (transmitTime === null || isNotAfter(transmitTime, receivedAt)) {
    return { time: transmitTime, shown: transmitTime, receivedAt, problems: NONE }
  }
  const field = format === 'cloudloop' ? 'sbd.sessionAt' : 'transmit_time'
  const problem = clockWrong(field, transmitTime, 'is later than the arrival, which counts instead')
  return { time: null, shown: receivedAt, receivedAt, problems: [problem] }
}

/** A time that a device reported. */
export interface Claim {
  /** The vendor's name for it. */
  readonly field: string
  readonly time: Date | null
}

/** The time of a position, and the verdict on the device's own times. */
export interface JudgedTimes {
  /** The time of the fix, if it is trusted. */
  readonly fixAt: Date | null
  /** The time of the fix, if it is not trusted. */
  readonly claimedAt: Date | null
  /** The time that the report refers to: of the fix, else of the transmission; never after arrival. */
  readonly at: Date
  /** Seconds from the fix to the transmission of the message. */
  readonly skewSeconds: number | null
  readonly problems: readonly Problem[]
}

/**
 * Judges the times in a tracker's push.
 *
 * @param fix time of the position
 * @param sent time of sending, by the device's own clock
 */
export function judgeTimes(fix: Claim, sent: Claim, transmission: Transmission): JudgedTimes {
  const { time, receivedAt } = transmission
  const problems: Problem[] = [...transmission.problems]
  // By arrival if the vendor gave no time: it retries for days, never for weeks.
  const sentAt = judge(sent, time ?? receivedAt, problems)
  const transmittedAt = time ?? sentAt ?? receivedAt
  const fixAt = judge(fix, transmittedAt, problems)
  return {
    fixAt,
    claimedAt: fixAt === null ? fix.time : null,
    at: earlier(fixAt ?? sentAt ?? transmittedAt, receivedAt),
    skewSeconds: fixAt === null || time === null ? null : (time.getTime() - fixAt.getTime()) / 1000,
    problems,
  }
}

/**
 * The earlier of two times: no report is later than its arrival, and a last state in the future would pin a device
 * there.
 */
export function earlier(one: Date, other: Date): Date {
  return one > other ? other : one
}

function judge({ field, time }: Claim, transmittedAt: Date, problems: Problem[]): Date | null {
  if (time === null) return null
  if (!isNotAfter(time, transmittedAt)) problems.push(clockWrong(field, time, 'is later than the transmission'))
  else if (transmittedAt.getTime() - time.getTime() > MAX_LATE_MS) {
    problems.push(clockWrong(field, time, 'is more than 35 days before the transmission'))
  } else return time
  return null
}

function isNotAfter(time: Date, other: Date): boolean {
  return time.getTime() - other.getTime() <= MAX_AHEAD_MS
}

function clockWrong(field: string, time: Date, why: string): Problem {
  return { field, code: 'clock-wrong', message: `${time.toISOString()} ${why}` }
}
