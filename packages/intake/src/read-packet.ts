import type { NewReport } from '@paikea/database'
import type { decode, PositionReport } from '@paikea/packets'
import type { MoMessage } from '@paikea/rockblock-client'

import { toProblems } from './problems.ts'
import { reportTime } from './report-time.ts'

export type Decode = typeof decode

/** What a message says, ready for its columns. */
export type Reading =
  | {
      readonly ok: true
      readonly packetType: string | null
      /** As JSON it is the `decoded` of the message. */
      readonly decoded: object
      readonly report: NewReport | null
    }
  | { readonly ok: false; readonly packetType: string | null; readonly code: string; readonly detail: string }

/** Formats A and C carry what the device wrote: a packet, or nothing. */
export function readPacket(message: MoMessage, receivedAt: Date, decode: Decode): Reading {
  const { payload, transmitTime } = message
  const result = decode(payload, { receivedAt, transmitTime })
  if (!result.ok) return { ok: false, packetType: result.packetType, ...result.reason }
  const { report } = result
  return {
    ok: true,
    packetType: report.packetType,
    decoded: report,
    report: report.kind === 'position' ? toReport(report, message, receivedAt) : null,
  }
}

function toReport(report: PositionReport, message: MoMessage, receivedAt: Date): NewReport {
  const { hasFix, fixAt } = report
  return {
    packetType: report.packetType,
    at: reportTime([fixAt, message.transmitTime], receivedAt),
    fixAt,
    claimedAt: null,
    hasFix,
    // Half a position is none.
    latitude: hasFix ? report.latitudeDegrees : null,
    longitude: hasFix ? report.longitudeDegrees : null,
    sogKnots: report.sogKnots,
    cogDegrees: report.cogDegrees,
    batteryVolts: report.batteryVolts,
    batteryPercent: null,
    intervalMinutes: report.intervalMinutes,
    sleepMinutes: report.sleepMinutes,
    reasonCode: report.reasonCode,
    reason: report.reason,
    status: report.status,
    beaconOn: report.beaconOn,
    fixSkewSeconds: report.fixSkewSeconds,
    source: 'device',
    quality: hasFix ? 'good' : 'missing',
    problems: toProblems(report.problems),
  }
}
