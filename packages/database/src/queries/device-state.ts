import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'

/**
 * Works a device's last state out anew from its reports: for when reports changed hands. The accept step keeps it up to
 * date by itself.
 */
export async function refreshDeviceState(
  db: Database,
  args: { readonly deviceId: number; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  const { deviceId, now } = args
  const { Report, DeviceState } = db.models
  const latest = (where: object, order: 'at' | 'receivedAt') =>
    Report.findOne({
      where: { deviceId, ...where },
      order: [
        [order, 'DESC'],
        ['id', 'DESC'],
      ],
      transaction: tx,
    })
  const report = await latest({}, 'at')
  if (report === null) return
  const fix = await latest({ hasFix: true }, 'at')
  const arrival = await latest({}, 'receivedAt')
  const values = {
    lastReportId: report.id,
    lastReportAt: report.at,
    lastFixReportId: fix?.id ?? null,
    lastFixAt: fix?.at ?? null,
    latitude: fix?.latitude ?? null,
    longitude: fix?.longitude ?? null,
    sogKnots: fix?.sogKnots ?? null,
    cogDegrees: fix?.cogDegrees ?? null,
    batteryVolts: report.batteryVolts,
    intervalMinutes: report.intervalMinutes,
    sleepMinutes: report.sleepMinutes,
    reason: report.reason,
    status: report.status,
    lastReceivedAt: arrival?.receivedAt ?? null,
    updatedAt: now,
  }
  await DeviceState.bulkCreate([{ deviceId }], { ignoreDuplicates: true, transaction: tx })
  await DeviceState.update(values, { where: { deviceId }, transaction: tx })
}
