/**
 * When a message was transmitted, and which of the device's own times are trusted.
 *
 * The vendor's time is believed however old it is: messages are late by days, imports by years. Only one that lies after its own arrival
 * gives way to that. A device's own clock may be broken (1970, a week rollover 1,024 weeks back): what it says is believed within 35 days
 * before the transmission, for a fix that was stored and sent late, and ten minutes after it, for clocks that differ.
 */
import type { Problem } from '@paikea/database'
import type { MoMessage } from '@paikea/rockblock-client'

const MINUTE_MS = 60_000
const MAX_AHEAD_MS = 10 * MINUTE_MS
const MAX_LATE_MS = 35 * 24 * 60 * MINUTE_MS
const NONE: readonly Problem[] = Object.freeze([])

/** The transmission of one message. */
export interface Transmission {
  /** The vendor's time of the session; `null` if none was sent, or it is not believed. */
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

/** A time that a device gave. */
export interface Claim {
  /** The vendor's name of it. */
  readonly field: string
  readonly time: Date | null
}

/** The time of a position, and the verdict on the device's own times. */
export interface JudgedTimes {
  /** The time of the fix, if it is believed. */
  readonly fixAt: Date | null
  /** The time of the fix, if it is not. */
  readonly claimedAt: Date | null
  /** When the report is about: the fix, else the transmission; never after the arrival. */
  readonly at: Date
  /** How much later than the fix the message was transmitted. */
  readonly skewSeconds: number | null
  readonly problems: readonly Problem[]
}

/**
 * Judges the times in a tracker's push.
 *
 * @param fix when the position was
 * @param sent when the device sent it, by its own clock
 */
export function judgeTimes(fix: Claim, sent: Claim, transmission: Transmission): JudgedTimes {
  const { time, receivedAt } = transmission
  const problems: Problem[] = [...transmission.problems]
  // By the arrival where the vendor gave no time: it tries for days, never for weeks.
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

/** The earlier of two times: nothing was reported after it arrived, and a last state from the future would hold a device there. */
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
