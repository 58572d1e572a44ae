import { NOTHING_REPORTED, type NewReport, type Problem, type ReportQuality } from '@paikea/database'
import type { decode, PositionReport } from '@paikea/packets'

import { toProblems } from './problems.ts'
import { earlier, type Transmission } from './transmission.ts'

export type Decode = typeof decode

/** The content of a message, ready for its columns. */
export type Reading =
  | {
      readonly ok: true
      readonly packetType: string | null
      /** The message's `decoded` column, as JSON. */
      readonly decoded: object
      readonly report: NewReport | null
      /** Its fix has a time of day but no date. */
      readonly isDatedByDay: boolean
      /** Problems of the message, in addition to those of its report. */
      readonly problems: readonly Problem[]
    }
  | { readonly ok: false; readonly packetType: string | null; readonly code: string; readonly detail: string }

const NONE: readonly Problem[] = Object.freeze([])

/** Formats A and C carry what the device wrote: a packet, or nothing. */
export function readPacket(payload: Uint8Array, transmission: Transmission, decode: Decode): Reading {
  const result = decode(payload, { receivedAt: transmission.receivedAt, transmitTime: transmission.time })
  if (!result.ok) return { ok: false, packetType: result.packetType, ...result.reason }
  const { report } = result
  return {
    ok: true,
    packetType: report.packetType,
    decoded: report,
    report: report.kind === 'position' ? toReport(report, transmission) : null,
    isDatedByDay: true,
    problems: NONE,
  }
}

function toReport(report: PositionReport, transmission: Transmission): NewReport {
  const { hasFix, fixAt } = report
  const { time, receivedAt } = transmission
  const problems = toProblems(report.problems)
  return {
    ...NOTHING_REPORTED,
    packetType: report.packetType,
    at: earlier(fixAt ?? time ?? receivedAt, receivedAt),
    fixAt,
    hasFix,
    // A position needs both coordinates.
    latitude: hasFix ? report.latitudeDegrees : null,
    longitude: hasFix ? report.longitudeDegrees : null,
    sogKnots: report.sogKnots,
    cogDegrees: report.cogDegrees,
    batteryVolts: report.batteryVolts,
    intervalMinutes: report.intervalMinutes,
    sleepMinutes: report.sleepMinutes,
    reasonCode: report.reasonCode,
    reason: report.reason,
    status: report.status,
    beaconOn: report.beaconOn,
    fixSkewSeconds: report.fixSkewSeconds,
    source: 'device',
    quality: qualityOf(hasFix, problems),
    problems: transmission.problems.length === 0 ? problems : [...transmission.problems, ...problems],
  }
}

const IMPOSSIBLE: ReadonlySet<string> = new Set(['null-island', 'out-of-range'])
const COORDINATES: ReadonlySet<string> = new Set(['lat', 'lon', 'decoded.p6.latlng'])

/** How far a position can be trusted on its own. */
export function qualityOf(hasFix: boolean, problems: readonly Problem[]): ReportQuality {
  if (hasFix) return 'good'
  return problems.some(({ code, field }) => IMPOSSIBLE.has(code) && COORDINATES.has(field)) ? 'bad' : 'missing'
}
