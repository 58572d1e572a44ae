import type { Problem, ReportRow, StoredReport } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { ReportView } from './schema.ts'

/** A report as people and programs see it. */
export function presentReport(row: ReportRow): ReportView {
  return {
    id: row.id,
    messageId: row.messageId,
    packetType: row.packetType,
    at: presentTime(row.at),
    receivedAt: presentTime(row.receivedAt),
    fixAt: presentTime(row.fixAt),
    claimedAt: presentTime(row.claimedAt),
    hasFix: row.hasFix,
    latitude: row.latitude,
    longitude: row.longitude,
    sogKnots: row.sogKnots,
    cogDegrees: row.cogDegrees,
    batteryVolts: row.batteryVolts,
    batteryPercent: row.batteryPercent,
    intervalMinutes: row.intervalMinutes,
    sleepMinutes: row.sleepMinutes,
    reason: row.reason,
    reasonCode: row.reasonCode,
    status: row.status,
    beaconOn: row.beaconOn,
    fixSkewSeconds: row.fixSkewSeconds,
    source: row.source,
    iridium: presentIridium(row),
    isRepeat: row.repeatOfId !== null,
    quality: row.quality,
    problems: row.problems.map(presentProblem),
  }
}

/** The same of a report that has just been stored, before anybody read it back. */
export function presentStoredReport(report: StoredReport): ReportView {
  const { iridium } = report
  return presentReport({
    ...report,
    deviceId: null,
    iridiumLatitude: iridium?.latitudeDegrees ?? null,
    iridiumLongitude: iridium?.longitudeDegrees ?? null,
    iridiumCepKm: iridium?.cepKm ?? null,
    isIridiumReliable: iridium?.isReliable ?? true,
  })
}

/** Iridium's estimate, where there is one. */
export function presentIridium(
  row: Pick<ReportRow, 'iridiumLatitude' | 'iridiumLongitude' | 'iridiumCepKm' | 'isIridiumReliable'>,
): ReportView['iridium'] {
  const { iridiumLatitude: latitude, iridiumLongitude: longitude, iridiumCepKm: cepKm } = row
  return latitude === null || longitude === null
    ? null
    : { latitude, longitude, cepKm, reliable: row.isIridiumReliable }
}

/** What was found wrong, of a report or a message. */
export function presentProblem({ field, code, message }: Problem): Problem {
  return { field, code, message }
}
