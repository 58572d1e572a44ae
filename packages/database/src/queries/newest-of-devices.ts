import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { MessageState } from '@paikea/domain'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readTime, selectRows } from './statement.ts'

/** Filters of messages, but for those of a device or a modem. */
export interface MessageFilter {
  readonly state?: MessageState | undefined
  /** Both ends are included, by time of arrival. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

interface Wanted {
  readonly deviceIds: readonly number[]
  readonly filter: MessageFilter
  readonly limit: number
  /** Between these two ids, neither included. */
  readonly above: number
  readonly below: number
}

/** So many index entries may be read for one statement while no full page bounds the search from below. */
const MAX_UNBOUNDED = 5_000
/** So many messages of a state are looked through, whosever they are: those not processed are few, unless something is wrong. */
const MAX_OF_STATE = 1_000
/** In a span of time in which fewer messages came, whosever they are, the search is bounded by their ids. */
const MAX_OF_SPAN = 10_000

/**
 * Ids of the newest messages of devices, the last one stored first. Each device's are read from the end of its part of the
 * index: asked for those of several devices at once, MariaDB reads and sorts all that they ever sent.
 */
export async function newestOfDevices(
  db: Database,
  args: {
    readonly deviceIds: readonly number[]
    readonly filter: MessageFilter
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly number[]> {
  const { deviceIds, filter, limit } = args
  if (deviceIds.length === 0) return []
  const wanted = { deviceIds, filter, limit, above: 0, below: args.afterId ?? Number.MAX_SAFE_INTEGER }
  const ofState = await lookByState(db, wanted, tx)
  if (ofState !== null) return ofState
  const span = await idsOfSpan(db, filter, tx)
  if (span === null) return []
  return lookByDevice(db, { ...wanted, above: span.first - 1, below: Math.min(wanted.below, span.last + 1) }, tx)
}

/**
 * The first and the last id of what came in a span of time. Not in the order of arrival, as messages may have waited to be
 * stored; the ids bound the search, and the times are compared all the same. `null` = nothing came.
 */
async function idsOfSpan(
  db: Database,
  { from, to }: MessageFilter,
  tx: Transaction | undefined,
): Promise<{ readonly first: number; readonly last: number } | null> {
  const all = { first: 1, last: Number.MAX_SAFE_INTEGER - 1 }
  const span = spanCondition({ from, to })
  if (span.values.length === 0) return all
  const [row] = await selectRows(
    db,
    `SELECT MIN(id) AS first_id, MAX(id) AS last_id, COUNT(*) AS messages
     FROM (SELECT id FROM inbound_messages WHERE ${span.sql} ORDER BY received_at DESC LIMIT ?) AS came`,
    [...span.values, MAX_OF_SPAN],
    tx,
  )
  const first = readNumberOrNull(row?.['first_id'])
  if (first === null) return null
  return readNumber(row?.['messages']) < MAX_OF_SPAN ? { first, last: readNumber(row?.['last_id']) } : all
}

/** By the index of states; `null` where no state is asked for, or it is so common that this does not tell. */
async function lookByState(db: Database, wanted: Wanted, tx: Transaction | undefined): Promise<number[] | null> {
  const { state, from, to } = wanted.filter
  if (state === undefined) return null
  const rows = await selectRows(
    db,
    `SELECT id, device_id, received_at FROM inbound_messages
     WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    [state, wanted.below, MAX_OF_STATE],
    tx,
  )
  const devices = new Set(wanted.deviceIds)
  const found = rows.filter((row) => {
    const at = readTime(row['received_at'])?.getTime() ?? Number.NaN
    const isInSpan = at >= (from?.getTime() ?? -Infinity) && at <= (to?.getTime() ?? Infinity)
    return isInSpan && devices.has(readNumberOrNull(row['device_id']) ?? 0)
  })
  if (found.length < wanted.limit && rows.length === MAX_OF_STATE) return null
  return found.slice(0, wanted.limit).map((row) => readNumber(row['id']))
}

async function lookByDevice(db: Database, wanted: Wanted, tx: Transaction | undefined): Promise<number[]> {
  const { deviceIds, filter, limit, below } = wanted
  const { sql: span, values: ends } = spanCondition(filter)
  const sql = `SELECT id FROM inbound_messages WHERE device_id = ? AND id > ? AND id < ?
    ${filter.state === undefined ? '' : 'AND state = ?'} ${span === '' ? '' : `AND ${span}`} ORDER BY id DESC LIMIT ?`
  const rest = [...(filter.state === undefined ? [] : [filter.state]), ...ends, limit]
  let found: number[] = []
  for (let start = 0; start < deviceIds.length;) {
    // Once a page is full, only what is newer than its last message counts: that is little, however many devices there are.
    const bound = found.length < limit ? undefined : found.at(-1)
    const count = bound === undefined ? Math.min(MAX_LOOKS, Math.ceil(MAX_UNBOUNDED / limit)) : MAX_LOOKS
    const some = deviceIds.slice(start, start + count)
    const values = some.flatMap((deviceId) => [deviceId, bound ?? wanted.above, below, ...rest])
    const rows = await selectAll(db, { sql, count: some.length, values }, tx)
    found = [...found, ...rows.map((row) => readNumber(row['id']))].sort((a, b) => b - a).slice(0, limit)
    start += count
  }
  return found
}

function spanCondition({ from, to }: MessageFilter): { readonly sql: string; readonly values: readonly Date[] } {
  const ends = [
    ...(from === undefined ? [] : [{ sql: 'received_at >= ?', value: from }]),
    ...(to === undefined ? [] : [{ sql: 'received_at <= ?', value: to }]),
  ]
  return { sql: ends.map(({ sql }) => sql).join(' AND '), values: ends.map(({ value }) => value) }
}
