import { Op, type Transaction } from 'sequelize'
import type { Database } from '../database.ts'

/** So many reports are looked at for values that the latest ones did not carry. */
const MAX_LOOK_BACK = 50
/** As in the accept step: a clock further ahead than this at arrival is wrong. */
const MAX_AHEAD_MS = 24 * 3_600_000

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
  const { Report, DeviceState } = db.models
  const recent = await Report.findAll({
    where: { deviceId },
    order: [
      ['at', 'DESC'],
      ['id', 'DESC'],
    ],
    limit: MAX_LOOK_BACK,
    transaction: tx,
  })
  const plausible = recent.filter((report) => report.at.getTime() <= report.receivedAt.getTime() + MAX_AHEAD_MS)
  const [last] = plausible
  if (last === undefined) return
  const fix = await Report.findOne({
    where: { deviceId, hasFix: true, at: { [Op.lte]: new Date(now.getTime() + MAX_AHEAD_MS) } },
    order: [
      ['at', 'DESC'],
      ['id', 'DESC'],
    ],
    transaction: tx,
  })
  const lastReceived = Math.max(...recent.map((report) => report.receivedAt.getTime()))
  const values = {
    lastReportAt: last.at,
    lastFixAt: fix?.at ?? null,
    latitude: fix?.latitude ?? null,
    longitude: fix?.longitude ?? null,
    sogKnots: fix?.sogKnots ?? null,
    cogDegrees: fix?.cogDegrees ?? null,
    batteryVolts: firstKnown(plausible, 'batteryVolts'),
    intervalMinutes: firstKnown(plausible, 'intervalMinutes'),
    sleepMinutes: firstKnown(plausible, 'sleepMinutes'),
    reason: firstKnown(plausible, 'reason'),
    status: firstKnown(plausible, 'status'),
    lastReceivedAt: new Date(lastReceived),
    updatedAt: now,
  }
  await DeviceState.bulkCreate([{ deviceId }], { ignoreDuplicates: true, transaction: tx })
  await DeviceState.update(values, { where: { deviceId }, transaction: tx })
}

/** The latest value that a report carried; reports come newest first. */
function firstKnown<T, K extends keyof T>(reports: readonly T[], field: K): T[K] | null {
  return reports.find((report) => report[field] !== null)?.[field] ?? null
}
