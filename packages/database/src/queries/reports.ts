import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database } from '../database.ts'
import { type Problem, readProblems, type ReportQuality } from '../problems.ts'
import { reading } from './scope.ts'

/** One decoded position or status report. */
export interface ReportRow {
  readonly id: number
  readonly messageId: number
  readonly deviceId: number | null
  readonly packetType: string
  readonly at: Date
  readonly receivedAt: Date
  readonly fixAt: Date | null
  /** The time the device gave, where that was not believed. */
  readonly claimedAt: Date | null
  readonly hasFix: boolean
  readonly latitude: number | null
  readonly longitude: number | null
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly batteryVolts: number | null
  readonly batteryPercent: number | null
  readonly intervalMinutes: number | null
  readonly sleepMinutes: number | null
  readonly reasonCode: number | null
  readonly reason: string | null
  readonly status: string | null
  readonly beaconOn: boolean | null
  readonly fixSkewSeconds: number | null
  readonly source: string
  readonly iridiumLatitude: number | null
  readonly iridiumLongitude: number | null
  readonly iridiumCepKm: number | null
  readonly isIridiumReliable: boolean
  readonly repeatOfId: number | null
  readonly quality: ReportQuality
  readonly problems: readonly Problem[]
}

/**
 * Reports of one device, newest first by the time they are about. The caller has found the device within its scope.
 *
 * @param args `from` and `to` are both included; `after` is the keyset of the last row already seen
 */
export async function listReports(
  db: Database,
  args: {
    readonly deviceId: number
    readonly from?: Date | undefined
    readonly to?: Date | undefined
    readonly after?: { readonly at: Date; readonly id: number } | null
    readonly limit: number
  },
  tx?: Transaction,
): Promise<readonly ReportRow[]> {
  const { deviceId, from, to, after, limit } = args
  const conditions: WhereOptions[] = [
    { deviceId },
    ...(from === undefined ? [] : [{ at: { [Op.gte]: from } }]),
    ...(to === undefined ? [] : [{ at: { [Op.lte]: to } }]),
    ...(after === null || after === undefined ? [] : [olderThan(after)]),
  ]
  const rows = await db.models.Report.findAll({
    where: { [Op.and]: conditions },
    order: [
      ['at', 'DESC'],
      ['id', 'DESC'],
    ],
    limit,
    ...reading(tx),
  })
  return rows.map(toReportRow)
}

/** Reports of these messages, by message id. */
export async function findReportsOfMessages(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, ReportRow>> {
  const rows = await db.models.Report.findAll({ where: { messageId: [...args.messageIds] }, ...reading(tx) })
  return new Map(rows.map((row) => [row.messageId, toReportRow(row)]))
}

/** Keyset condition of the list's order, written so that its index is used. */
function olderThan(after: { readonly at: Date; readonly id: number }): WhereOptions {
  return { at: { [Op.lte]: after.at }, [Op.or]: [{ at: { [Op.lt]: after.at } }, { id: { [Op.lt]: after.id } }] }
}

/** The row as the model reads it. */
type StoredColumns = Omit<ReportRow, 'problems' | 'isIridiumReliable'> & {
  readonly problems: unknown
  readonly iridiumReliable: boolean | null
}

function toReportRow(row: StoredColumns): ReportRow {
  return {
    id: row.id,
    messageId: row.messageId,
    deviceId: row.deviceId,
    packetType: row.packetType,
    at: row.at,
    receivedAt: row.receivedAt,
    fixAt: row.fixAt,
    claimedAt: row.claimedAt,
    hasFix: Boolean(row.hasFix),
    latitude: row.latitude,
    longitude: row.longitude,
    sogKnots: row.sogKnots,
    cogDegrees: row.cogDegrees,
    batteryVolts: row.batteryVolts,
    batteryPercent: row.batteryPercent,
    intervalMinutes: row.intervalMinutes,
    sleepMinutes: row.sleepMinutes,
    reasonCode: row.reasonCode,
    reason: row.reason,
    status: row.status,
    beaconOn: row.beaconOn === null ? null : Boolean(row.beaconOn),
    fixSkewSeconds: row.fixSkewSeconds,
    source: row.source,
    iridiumLatitude: row.iridiumLatitude,
    iridiumLongitude: row.iridiumLongitude,
    iridiumCepKm: row.iridiumCepKm,
    isIridiumReliable: isReliable(row.iridiumReliable),
    repeatOfId: row.repeatOfId,
    quality: row.quality,
    problems: readProblems(row.problems),
  }
}

/** Nothing stored says nothing against the estimate. */
export function isReliable(stored: boolean | null): boolean {
  return stored === null || Boolean(stored)
}
