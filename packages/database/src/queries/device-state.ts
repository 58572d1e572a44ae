import type { Transaction, WhereOptions } from 'sequelize'
import type { Database } from '../database.ts'
import { stateTime } from '../store-batch/state-time.ts'

/** So many reports are looked at for values that the latest ones did not carry. */
const MAX_LOOK_BACK = 50

/**
 * Works a device's last state out anew from its reports: for when reports changed hands. The accept step keeps it up to
 * date by itself, by the same rules.
 */
export async function refreshDeviceState(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  const { deviceId, now } = args
  const { DeviceState } = db.models
  const recent = await newestReports(db, { deviceId }, tx)
  const [last] = recent
  if (last === undefined) {
    await DeviceState.destroy({ where: { deviceId }, transaction: tx })
    return
  }
  const [fix] = await newestReports(db, { deviceId, hasFix: true }, tx)
  const lastReceived = Math.max(...recent.map((report) => report.receivedAt.getTime()))
  const values = {
    lastReportAt: stateTime(last, last.receivedAt),
    lastFixAt: fix === undefined ? null : stateTime(fix, fix.receivedAt),
    latitude: fix?.latitude ?? null,
    longitude: fix?.longitude ?? null,
    sogKnots: fix?.sogKnots ?? null,
    cogDegrees: fix?.cogDegrees ?? null,
    batteryVolts: firstKnown(recent, 'batteryVolts'),
    intervalMinutes: firstKnown(recent, 'intervalMinutes'),
    sleepMinutes: firstKnown(recent, 'sleepMinutes'),
    reason: last.reason,
    status: last.status,
    lastReceivedAt: new Date(lastReceived),
    updatedAt: now,
  }
  await DeviceState.bulkCreate([{ deviceId }], { ignoreDuplicates: true, transaction: tx })
  await DeviceState.update(values, { where: { deviceId }, transaction: tx })
}

/** Newest first, by the time they stand at in a last state. */
async function newestReports(db: Database, where: WhereOptions, tx: Transaction) {
  const reports = await db.models.Report.findAll({
    where,
    order: [
      ['at', 'DESC'],
      // Of reports of one time the accept step keeps the one that came first.
      ['id', 'ASC'],
    ],
    limit: MAX_LOOK_BACK,
    transaction: tx,
  })
  const rank = (report: (typeof reports)[number]): number => stateTime(report, report.receivedAt).getTime()
  return reports.toSorted((one, other) => rank(other) - rank(one))
}

/** The latest value that a report carried; reports come newest first. */
function firstKnown<T, K extends keyof T>(reports: readonly T[], field: K): T[K] | null {
  return reports.find((report) => report[field] !== null)?.[field] ?? null
}
