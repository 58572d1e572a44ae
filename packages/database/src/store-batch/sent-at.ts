/** The vendor's clock may be minutes ahead of ours; a time of transmission further ahead is wrong. */
const MAX_AHEAD_MINUTES = 10

/**
 * When a message was sent: the vendor's time, however old; the arrival time if the vendor gives none or an impossible
 * one.
 */
export function sentAt(message: { readonly transmitTime: Date | null; readonly receivedAt: Date }): Date {
  const { transmitTime, receivedAt } = message
  if (transmitTime === null) return receivedAt
  return transmitTime.getTime() > receivedAt.getTime() + MAX_AHEAD_MINUTES * 60_000 ? receivedAt : transmitTime
}

/** The same for a row of `inbound_messages`, in SQL. */
export function sentAtSql(dialect: 'sqlite' | 'mysql', table: string): string {
  const latest =
    dialect === 'mysql'
      ? `DATE_ADD(${table}.received_at, INTERVAL ${MAX_AHEAD_MINUTES} MINUTE)`
      : `strftime('%Y-%m-%d %H:%M:%f +00:00', ${table}.received_at, '+${MAX_AHEAD_MINUTES} minutes')`
  const isWrong = `${table}.transmit_time IS NULL OR ${table}.transmit_time > ${latest}`
  return `CASE WHEN ${isWrong} THEN ${table}.received_at ELSE ${table}.transmit_time END`
}
