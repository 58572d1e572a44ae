import type { Database } from '@paikea/database'

/** When a message arrived, and when it was finished. */
export interface MessageTimes {
  readonly receivedAt: number
  /** When routes were applied; `null`: not yet. */
  readonly actedAt: number | null
  /** Time of the last of its deliveries; `null`: one is open, or there is none. */
  readonly deliveredAt: number | null
}

/** The times of all messages after an id, in order of arrival. */
export async function readTimes(db: Database, afterId: number): Promise<readonly MessageTimes[]> {
  const [rows] = await db.sequelize.query(
    `SELECT m.received_at AS received_at, m.processed_at AS acted_at, MAX(o.finished_at) AS delivered_at,
            SUM(o.id IS NOT NULL AND o.finished_at IS NULL) AS open_count
     FROM inbound_messages m LEFT JOIN outbound_messages o ON o.cause_message_id = m.id
     WHERE m.id > ${afterId} GROUP BY m.id, m.received_at, m.processed_at ORDER BY m.id`,
  )
  return rows.map((given) => {
    // Columns of the statement above: times, and a sum.
    const row = given as { received_at: unknown; acted_at: unknown; delivered_at: unknown; open_count: unknown }
    return {
      receivedAt: timeOf(row.received_at) ?? 0,
      actedAt: timeOf(row.acted_at),
      deliveredAt: Number(row.open_count ?? 0) > 0 ? null : timeOf(row.delivered_at),
    }
  })
}

/** How many messages and deliveries are still open. */
export async function countOpen(db: Database): Promise<number> {
  const messages = await db.models.InboundMessage.count({ where: { state: 'accepted' } })
  const deliveries = await db.models.OutboundMessage.count({ where: { state: ['queued', 'sending'] } })
  return messages + deliveries
}

function timeOf(value: unknown): number | null {
  if (value instanceof Date) return value.getTime()
  // A time without a zone is UTC here.
  return typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : null
}
