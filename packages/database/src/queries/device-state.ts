import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { Database } from '../database.ts'
import { stateTime } from '../store-batch/state-time.ts'
import { sentAt } from '../store-batch/sent-at.ts'
import { newestMessages } from './newest-messages.ts'
import { readTime, readTimeOrNull, selectRows } from './statement.ts'

/** How many reports to search for values that the latest ones do not contain. */
const MAX_LOOK_BACK = 50

/**
 * Recomputes a device's last state from its messages and reports, after they changed hands. The intake otherwise
 * maintains it by the same rules.
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
  const [fix] = await newestReports(db, { deviceId, hasFix: true, quality: { [Op.ne]: 'suspect' } }, tx)
  const [suspect] = await newestReports(db, { deviceId, quality: 'suspect' }, tx)
  const position = await newestPosition(db, deviceId, tx)
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
    suspectAt: suspect === undefined ? null : stateTime(suspect, suspect.receivedAt),
    positionSentAt: position?.sentAt ?? null,
    frozenSince: position?.frozenSince ?? null,
    updatedAt: now,
  }
  await DeviceState.bulkCreate([{ deviceId }], { ignoreDuplicates: true, transaction: tx })
  await DeviceState.update(values, { where: { deviceId }, transaction: tx })
}

/** Newest first, by the times that a last state uses. */
async function newestReports(db: Database, where: WhereOptions, tx: Transaction) {
  const reports = await db.models.Report.findAll({
    where,
    order: [
      ['at', 'DESC'],
      // Of reports with equal times the intake keeps the first.
      ['id', 'ASC'],
    ],
    limit: MAX_LOOK_BACK,
    transaction: tx,
  })
  const rank = (report: (typeof reports)[number]): number => stateTime(report, report.receivedAt).getTime()
  return reports.toSorted((one, other) => rank(other) - rank(one))
}

/** The most recently sent message with a position: whether it repeats another one, and its fix time. */
async function newestPosition(db: Database, deviceId: number, tx: Transaction) {
  const rows = await selectRows(
    db,
    `SELECT r.at, r.received_at, r.repeat_of_id, m.transmit_time FROM reports r
     JOIN inbound_messages m ON m.id = r.message_id
     WHERE m.device_id = ? AND r.has_fix = 1 ORDER BY m.id DESC LIMIT ?`,
    [deviceId, MAX_LOOK_BACK],
    tx,
  )
  let newest: { readonly sentAt: Date; readonly frozenSince: Date | null } | null = null
  for (const row of rows) {
    const [at, receivedAt] = [readTime(row, 'reports.at'), readTime(row, 'reports.received_at')]
    const said = sentAt({ transmitTime: readTimeOrNull(row, 'inbound_messages.transmit_time'), receivedAt })
    const sent = said < receivedAt ? said : receivedAt
    // Of two sent at the same time the intake keeps the first.
    if (newest !== null && sent < newest.sentAt) continue
    newest = { sentAt: sent, frozenSince: row['repeat_of_id'] === null ? null : stateTime({ at }, receivedAt) }
  }
  return newest
}

/** The latest value that any report contains; reports come newest first. */
function firstKnown<T, K extends keyof T>(reports: readonly T[], field: K): T[K] | null {
  return reports.find((report) => report[field] !== null)?.[field] ?? null
}
