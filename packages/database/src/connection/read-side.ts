import type { Log } from '@paikea/domain'

import type { Database } from '../database.ts'

/** A replica of the database, for reads that may be slightly stale. */
export interface ReadSide {
  /** The replica while it keeps up, otherwise the database itself. */
  reader(): Database
  /** The replica's lag; `null`: it does not respond, or has not been checked yet. */
  lagMs(): number | null
  close(): Promise<void>
}

/** How `followReplica` judges it. */
export interface ReadSideOptions {
  readonly primary: Database
  readonly replica: Database
  readonly log: Log
  /** A replica that lags by more is not read. @default 5000 */
  readonly maxLagMs?: number
  /** @default 1000 */
  readonly everyMs?: number
}

/** The database's position at a moment. */
interface Mark {
  readonly migrations: number
  readonly messageId: number
  readonly eventId: number
  readonly atMs: number
}

/** Positions remembered: a replica further behind counts as silent. */
const MOST_MARKS = 600

/**
 * Periodically determines the replica's lag by comparing the contents of both: that requires no privilege beyond
 * reading the tables, and no particular kind of replication. The replica may be unavailable at any time; reads then go
 * to the database.
 */
export function followReplica(options: ReadSideOptions): ReadSide {
  const { primary, replica, log, maxLagMs = 5_000, everyMs = 1_000 } = options
  const marks: Mark[] = []
  /** When the database was where the replica is now; `null`: unknown. */
  let reachedAt: number | null = null
  let isRead = false
  let isClosed = false
  let timer: NodeJS.Timeout | null = null

  const lagMs = (): number | null => (reachedAt === null ? null : Math.max(0, performance.now() - reachedAt))

  async function look(): Promise<void> {
    const atMs = performance.now()
    try {
      marks.push({ ...(await readMark(primary)), atMs })
      if (marks.length > MOST_MARKS) marks.shift()
    } catch {
      // Nothing is written meanwhile: the replica is still up to date.
      if (reachedAt !== null) reachedAt = atMs
      return
    }
    try {
      const there = await readMark(replica)
      const last = marks.findLastIndex((mark) => hasReached(there, mark))
      reachedAt = marks[last]?.atMs ?? null
      if (last > 0) marks.splice(0, last)
    } catch {
      reachedAt = null
    }
  }

  function judge(): void {
    const lag = lagMs()
    const isGood = lag !== null && lag <= maxLagMs
    if (isGood === isRead) return
    isRead = isGood
    if (isGood) log.info('replica.read', { lagMs: Math.round(lag) })
    else log.warn('replica.not-read', { lagMs: lag === null ? null : Math.round(lag) })
  }

  async function round(): Promise<void> {
    await look()
    judge()
    if (!isClosed) timer = setTimeout(() => (looking = round()), everyMs)
  }

  let looking = round()
  return {
    reader() {
      // Also if no check has succeeded since.
      const lag = lagMs()
      return isRead && lag !== null && lag <= maxLagMs ? replica : primary
    },
    lagMs,
    async close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      await looking
      await replica.close()
    },
  }
}

function hasReached(there: Omit<Mark, 'atMs'>, mark: Mark): boolean {
  return there.migrations >= mark.migrations && there.messageId >= mark.messageId && there.eventId >= mark.eventId
}

async function readMark({ sequelize }: Database): Promise<Omit<Mark, 'atMs'>> {
  const [rows] = await sequelize.query(
    `SELECT (SELECT COUNT(*) FROM schema_migrations) AS migrations,
            (SELECT MAX(id) FROM inbound_messages) AS message_id, (SELECT MAX(id) FROM events) AS event_id`,
  )
  // The row of one SELECT without FROM; its columns are numbers, or text of digits, or null.
  const row = (rows[0] ?? {}) as Readonly<Record<string, unknown>>
  return {
    migrations: Number(row['migrations'] ?? 0),
    messageId: Number(row['message_id'] ?? 0),
    eventId: Number(row['event_id'] ?? 0),
  }
}
