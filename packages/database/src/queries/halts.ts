import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { EndpointState } from '../tables/endpoints.ts'
import type { VendorAccountState } from '../tables/vendor-accounts.ts'
import type { SweepArgs } from './dispatch.ts'
import { IS_FIRST, queueHeads } from './queue-heads.ts'
import {
  changeRows,
  countChanged,
  isOldSql,
  nowSql,
  type RawRow,
  readFlag,
  readNumber,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
  releaseSql,
} from './statement.ts'

/** Why deliveries are halted, and when the cause is next probed; `null`: only an operator can resume them. */
export interface Halt {
  readonly reasonCode: string
  readonly reasonDetail: string
  readonly probeAt: Date | null
}

/** An endpoint or account in the form its workflow needs. */
export interface HaltRow<State extends string = EndpointState> {
  readonly id: number
  /** Kind of target. */
  readonly kind: string
  readonly state: State
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly stateChangedAt: Date
  readonly probeAt: Date | null
  /** Deliveries may still be waiting behind it. */
  readonly draining: boolean
}

/** A row whose workflow has to be started: it is halted and probed, or has a backlog. */
export interface UndispatchedHalt {
  readonly id: number
  readonly kind: string
  /** Its display name. */
  readonly label: string | null
  readonly reasonCode: string | null
}

/** The differences between the tables that halt deliveries. */
interface HaltTable {
  readonly table: 'endpoints' | 'vendor_accounts'
  /** Column that identifies a row. */
  readonly key: 'id' | 'kind'
  readonly halted: 'paused' | 'parked'
  /** What a resume clears besides the reason. */
  readonly clears: string
  /** Condition for rows that still count. */
  readonly live: string
  /** Condition for rows that need a workflow, besides `draining`. */
  readonly needsWork: string
  readonly label: string
  /** Deliveries `o` behind a row; its key is the only value. */
  readonly behind: string
  /** The queues whose heads are looked for. */
  readonly queues: Parameters<typeof queueHeads>[1]
  /** Condition for those that a probe may send. */
  readonly sendable: string
  /** Condition for those that may be released. */
  readonly releasable: string
}

/**
 * One state machine for everything that halts deliveries: halt, probe, resume, release what waits, and hand the work to
 * a workflow. Each function takes the key of one row.
 */
function haltsOf<K extends number | string, State extends EndpointState>(of: HaltTable) {
  const { table, key, halted, live } = of

  /** Deliveries behind a row, oldest first. */
  async function listIds(
    db: Database,
    { from, also }: { readonly from: string; readonly also: string },
    values: readonly unknown[],
  ): Promise<readonly number[]> {
    const sql = `SELECT o.id FROM ${from} WHERE ${of.behind} AND o.finished_at IS NULL AND ${also} ORDER BY o.order_key, o.id LIMIT ?`
    const rows = await selectRows(db, sql, values)
    return rows.map((found) => readNumber(found, 'outbound_messages.id'))
  }

  return {
    /** Halts an active row. @returns whether it was active */
    async halt(db: Database, row: K, { reasonCode, reasonDetail, probeAt }: Halt, tx: Transaction): Promise<boolean> {
      const changed = await countChanged(
        db,
        `UPDATE ${table} SET state = '${halted}', reason_code = ?, reason_detail = ?, state_changed_at = ${nowSql(db.dialect)},
         probe_at = ?, draining = ?, workflow_started_at = NULL WHERE ${key} = ? AND state = 'active'`,
        [reasonCode, reasonDetail.slice(0, 500), probeAt, true, row],
        tx,
      )
      return changed > 0
    },

    /** Makes a halted row active; what waits behind it goes first. @returns whether it was halted */
    async resume(db: Database, row: K, tx: Transaction): Promise<boolean> {
      const changed = await countChanged(
        db,
        `UPDATE ${table} SET state = 'active', reason_code = NULL, reason_detail = NULL, probe_at = NULL${of.clears},
         state_changed_at = ${nowSql(db.dialect)}, draining = ?, workflow_started_at = NULL WHERE ${key} = ? AND state <> 'active'`,
        [true, row],
        tx,
      )
      return changed > 0
    },

    /** `null` if there is no such row. */
    async find(db: Database, row: K, tx?: Transaction): Promise<HaltRow<State> | null> {
      const sql = `SELECT id, kind, state, reason_code, reason_detail, state_changed_at, probe_at, draining
        FROM ${table} WHERE ${key} = ?${live}`
      const [found] = await selectRows(db, sql, [row], tx)
      return found === undefined ? null : toRow<State>(table, found)
    },

    /** Sets when a row that is still halted is probed next. */
    setProbeTime(db: Database, row: K, probeAt: Date): Promise<void> {
      const sql = `UPDATE ${table} SET probe_at = ? WHERE ${key} = ? AND state = '${halted}'`
      return db.write((tx) => changeRows(db, sql, [probeAt, row], tx))
    },

    /** Heads of the queues behind a row, oldest first. */
    listHeads(db: Database, row: K, limit: number): Promise<readonly number[]> {
      const queues = of.queues === 'endpoint' ? [row] : []
      return listIds(db, { from: queueHeads(db, of.queues), also: `${of.sendable} AND ${IS_FIRST}` }, [
        ...queues,
        row,
        limit,
      ])
    },

    /** Gives waiting deliveries their workflows again, oldest first. @returns how many */
    async release(db: Database, row: K, limit: number): Promise<number> {
      const from = 'outbound_messages o'
      const ids = await listIds(db, { from, also: `o.lane = 'held'${of.releasable}` }, [row, limit])
      await giveWorkflows(db, ids, `'held'`)
      return ids.length
    },

    /** Ends the work on an active row without a backlog. */
    endWork(db: Database, row: K): Promise<void> {
      const sql = `UPDATE ${table} SET draining = ?, workflow_started_at = NULL WHERE ${key} = ? AND state = 'active'`
      return db.write((tx) => changeRows(db, sql, [false, row], tx))
    },

    /** Ends the work on a halted row that only an operator can resume. */
    leaveToOperator(db: Database, row: K): Promise<void> {
      const sql = `UPDATE ${table} SET workflow_started_at = NULL WHERE ${key} = ?`
      return db.write((tx) => changeRows(db, sql, [row], tx))
    },

    /** Rows to start workflows for. */
    async listUndispatched(
      db: Database,
      { startedBefore, limit }: Pick<SweepArgs, 'limit' | 'startedBefore'>,
    ): Promise<UndispatchedHalt[]> {
      const started =
        startedBefore === null
          ? { sql: 'workflow_started_at IS NULL', values: [] }
          : isOldSql('workflow_started_at', startedBefore)
      const rows = await selectRows(
        db,
        `SELECT id, kind, ${of.label} AS label, reason_code FROM ${table}
         WHERE draining = ? AND ${started.sql}${live}${of.needsWork} ORDER BY id LIMIT ?`,
        [true, ...started.values, limit],
      )
      return rows.map((row) => ({
        id: readNumber(row, `${table}.id`),
        kind: readText(row, `${table}.kind`),
        label: readTextOrNull(row, `${table}.label`),
        reasonCode: readTextOrNull(row, `${table}.reason_code`),
      }))
    },
  }
}

/** Gives deliveries in these lanes their workflows again. */
export async function giveWorkflows(db: Database, ids: readonly number[], lanes: string): Promise<void> {
  if (ids.length === 0) return
  const sql = `UPDATE outbound_messages SET lane = 'workflow', ${releaseSql(db.dialect)}
    WHERE id IN (?) AND lane IN (${lanes}) AND finished_at IS NULL`
  await db.write((tx) => changeRows(db, sql, [ids], tx))
}

function toRow<State extends EndpointState>(table: string, row: RawRow): HaltRow<State> {
  return {
    id: readNumber(row, `${table}.id`),
    kind: readText(row, `${table}.kind`),
    // Written only by this package's own statements.
    state: readText(row, `${table}.state`) as State,
    reasonCode: readTextOrNull(row, `${table}.reason_code`),
    reasonDetail: readTextOrNull(row, `${table}.reason_detail`),
    stateChangedAt: readTime(row, `${table}.state_changed_at`),
    probeAt: readTimeOrNull(row, `${table}.probe_at`),
    draining: readFlag(row, `${table}.draining`),
  }
}

/**
 * The endpoint is active: a delivery behind a paused one says nothing about the account, and does not continue with it.
 */
const ENDPOINT_IS_WELL = `NOT EXISTS (SELECT 1 FROM endpoints p WHERE p.id = o.endpoint_id AND p.state <> 'active')`

/** Endpoints, by id: a failing one is paused, and its deliveries wait in the database. */
export const endpointHalts = haltsOf<number, EndpointState>({
  table: 'endpoints',
  key: 'id',
  halted: 'paused',
  clears: ', failing_since = NULL',
  live: ' AND deleted_at IS NULL',
  needsWork: ` AND (state = 'active' OR probe_at IS NOT NULL)`,
  label: 'label',
  behind: 'o.endpoint_id = ?',
  queues: 'endpoint',
  sendable: `o.lane = 'direct'`,
  releasable: '',
})

/** Our accounts at services, by target kind: one that its service refuses is parked. Without a row it is active. */
export const accountHalts = haltsOf<string, VendorAccountState>({
  table: 'vendor_accounts',
  key: 'kind',
  halted: 'parked',
  clears: '',
  live: '',
  needsWork: '',
  label: 'NULL',
  behind: 'o.target_kind = ?',
  queues: 'all',
  sendable: `o.lane = 'held' AND o.state = 'queued' AND ${ENDPOINT_IS_WELL}`,
  releasable: ` AND ${ENDPOINT_IS_WELL}`,
})
