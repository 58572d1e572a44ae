import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { judgeFix, type KnownFix } from '../store-batch/plausible.ts'
import { stateTime } from '../store-batch/state-time.ts'
import { eventsOf, recordEvents } from './events.ts'
import { reopenMessages } from './reopen-messages.ts'
import { changeRows } from './statement.ts'

/** Only the newest are judged again; older ones notify no one. */
const MAX_REPORTS = 20_000
/** Ids per statement. */
const MAX_IDS = 500

/**
 * Judges a device's fixes again after it lost or gained some: each against its trusted and suspect predecessors in
 * time. A user's acceptance stands. Messages that become trusted are processed again.
 */
export async function rejudgeFixes(
  db: Database,
  args: { readonly deviceId: number },
  tx: Transaction,
): Promise<{ readonly changed: number }> {
  const device = await db.models.Device.findByPk(args.deviceId, { attributes: ['kind'], transaction: tx })
  if (device === null) return { changed: 0 }
  const newest = await db.models.Report.findAll({
    where: { deviceId: args.deviceId, hasFix: true, repeatOfId: null },
    attributes: ['id', 'messageId', 'at', 'receivedAt', 'latitude', 'longitude', 'quality', 'acceptedBy'],
    order: [['at', 'DESC']],
    limit: MAX_REPORTS,
    transaction: tx,
  })
  const fixes = newest.flatMap((report): Judged[] => {
    const { latitude, longitude } = report
    if (latitude === null || longitude === null) return []
    const at = stateTime(report, report.receivedAt)
    return [{ report, at, latitude, longitude, isBelieved: report.quality !== 'suspect' }]
  })
  judgeInOrder(
    fixes.toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    db.beliefRules.maxKnots[device.kind],
  )
  const changed = fixes.filter(({ report, isBelieved }) => isBelieved === (report.quality === 'suspect'))
  for (const quality of ['good', 'suspect'] as const) {
    const of = changed.filter(({ isBelieved }) => isBelieved === (quality === 'good')).map(({ report }) => report)
    for (let start = 0; start < of.length; start += MAX_IDS) {
      const ids = of.slice(start, start + MAX_IDS).map(({ id }) => id)
      await changeRows(
        db,
        `UPDATE reports SET quality = ? WHERE (id IN (?) OR repeat_of_id IN (?)) AND has_fix = ?`,
        [quality, ids, ids, true],
        tx,
      )
    }
    const messageIds = of.map(({ messageId }) => Number(messageId))
    for (let start = 0; start < messageIds.length; start += MAX_IDS) {
      await recordEvents(db, eventsOf('report', messageIds.slice(start, start + MAX_IDS)), tx)
    }
    if (quality === 'good') await reopenMessages(db, { messageIds }, tx)
  }
  return { changed: changed.length }
}

interface Judged extends KnownFix {
  readonly report: {
    readonly id: number
    readonly messageId: number
    readonly quality: string
    readonly acceptedBy: string | null
  }
  readonly latitude: number
  readonly longitude: number
}

/** In chronological order, as if each had arrived when it was taken. */
function judgeInOrder(fixes: readonly Judged[], maxKnots: number): void {
  let believed: Judged | null = null
  let suspect: Judged | null = null
  for (const fix of fixes) {
    const known = [believed, suspect].filter((one) => one !== null)
    const isSettled = fix.report.acceptedBy !== null
    const judged = judgeFix(fix, known, maxKnots)
    fix.isBelieved = isSettled || judged.isBelieved
    if (fix.isBelieved) {
      believed = fix
      suspect = null
    } else suspect = fix
  }
}
