import type { Transaction, WhereOptions } from 'sequelize'
import type { Database } from '../database.ts'
import { stateTime } from '../store-batch/state-time.ts'
import { newestMessages } from './newest-messages.ts'

/** So many reports are looked at for values that the latest ones did not carry. */
const MAX_LOOK_BACK = 50

/**
 * Works a device's last state out anew from its messages and reports: for when they changed hands. The accept step keeps it up to
 * date by itself, by the same rules.
 */
export async function refreshDeviceState(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  const { deviceId, now } = args
  const { DeviceState } = db.models
  const heard = (await newestMessages(db, { of: 'devices', ids: [deviceId] }, tx)).get(deviceId)
  const recent = await newestReports(db, { deviceId }, tx)
  const [last] = recent
  if (heard === undefined && last === undefined) {
    await DeviceState.destroy({ where: { deviceId }, transaction: tx })
    return
  }
  const [fix] = await newestReports(db, { deviceId, hasFix: true }, tx)
  const received = recent.map((report) => report.receivedAt.getTime())
  const values = {
    lastReportAt: last === undefined ? null : stateTime(last, last.receivedAt),
    lastFixAt: fix === undefined ? null : stateTime(fix, fix.receivedAt),
    latitude: fix?.latitude ?? null,
    longitude: fix?.longitude ?? null,
    sogKnots: fix?.sogKnots ?? null,
    cogDegrees: fix?.cogDegrees ?? null,
    batteryVolts: firstKnown(recent, 'batteryVolts'),
    intervalMinutes: firstKnown(recent, 'intervalMinutes'),
    sleepMinutes: firstKnown(recent, 'sleepMinutes'),
    reason: last?.reason ?? null,
    status: last?.status ?? null,
    lastReceivedAt: received.length === 0 ? null : new Date(Math.max(...received)),
    heardAt: heard?.receivedAt ?? null,
    heardSentAt: heard?.sentAt ?? null,
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
