import type { CommandKind, CommandState, DeliveryState, DeviceGeneration } from '@paikea/domain'
import type { Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { StoredCommandState } from '../tables/commands.ts'
import { eventsOf, recordEvents } from './events.ts'
import { inWrite, ofGroups } from './scope.ts'
import {
  changeRows,
  countChanged,
  nowSql,
  type RawRow,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
} from './statement.ts'
import { when, where } from '../sql/where.ts'

/** A command with the state of its message. */
export interface CommandRow {
  readonly id: number
  readonly deviceId: number
  readonly groupId: number
  readonly kind: CommandKind
  /** Minutes, seconds, or 1 and 0 for on and off. */
  readonly value: number
  readonly generation: DeviceGeneration
  readonly text: string
  readonly credits: number
  readonly storedState: StoredCommandState
  readonly reason: string | null
  readonly outboundId: number | null
  /** `null` while there is no message. */
  readonly outboundState: DeliveryState | null
  readonly outboundReason: string | null
  readonly requestedBy: string
  readonly createdAt: Date
  readonly sentAt: Date | null
  readonly expectedFrom: Date | null
  readonly expectedTo: Date | null
  readonly answeredBy: Date | null
  readonly decidedAt: Date | null
  readonly decidedByMessageId: number | null
}

const COLUMNS = `c.id, c.device_id, c.group_id, c.kind, c.value, c.generation, c.text, c.credits, c.state, c.reason,
  c.outbound_id, o.state AS outbound_state, o.reason_code AS outbound_reason, c.requested_by, c.created_at, o.sent_at,
  c.expected_from, c.expected_to, c.answered_by, c.decided_at, c.decided_by_message_id`
const FROM = 'commands c LEFT JOIN outbound_messages o ON o.id = c.outbound_id'

/** A command's state: as decided, otherwise as its message and the time imply. */
export function commandStateOf(row: CommandRow, now: Date): CommandState {
  if (row.storedState !== 'open') return row.storedState
  switch (row.outboundState) {
    case 'sent':
    case 'confirmed':
      return row.answeredBy !== null && now > row.answeredBy ? 'overdue' : 'sent'
    case 'expired':
    case 'cancelled':
    case 'failed':
    case 'unknown':
      return row.outboundState
    case 'queued':
    case 'sending':
    case 'parked':
    case null:
      return 'queued'
  }
}

/** Commands of a device, newest first. The caller has found the device within its scope. */
export async function listCommands(
  db: Database,
  args: { readonly deviceId: number; readonly limit: number; readonly afterId: number | null },
  tx?: Transaction,
): Promise<readonly CommandRow[]> {
  const { deviceId, limit, afterId } = args
  const rows = await selectRows(
    db,
    `SELECT ${COLUMNS} FROM ${FROM} WHERE c.device_id = ? ${afterId === null ? '' : 'AND c.id < ?'}
     ORDER BY c.id DESC LIMIT ?`,
    afterId === null ? [deviceId, limit] : [deviceId, afterId, limit],
    tx,
  )
  return rows.map(toCommandRow)
}

/** One command of a device. */
export async function findCommand(
  db: Database,
  args: { readonly deviceId: number; readonly id: number },
  tx?: Transaction,
): Promise<CommandRow | null> {
  const sql = `SELECT ${COLUMNS} FROM ${FROM} WHERE c.device_id = ? AND c.id = ?`
  const [row] = await selectRows(db, sql, [args.deviceId, args.id], tx)
  return row === undefined ? null : toCommandRow(row)
}

/** Commands by id, and those whose messages have these ids. For the service's own use: no scope. */
export async function listCommandsAmong(
  db: Database,
  args: { readonly ids: readonly number[]; readonly outboundIds: readonly number[] },
): Promise<readonly CommandRow[]> {
  const sql = `SELECT ${COLUMNS} FROM ${FROM} WHERE c.id IN (?) OR c.outbound_id IN (?) ORDER BY c.id`
  return (await selectRows(db, sql, [args.ids, args.outboundIds])).map(toCommandRow)
}

/** Commands held for a user's decision, newest first, each with its device's name. */
export async function listHeldCommands(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
): Promise<readonly (CommandRow & { readonly iam: string })[]> {
  const { scope, limit, afterId } = args
  const held = { sql: "c.state = 'needs-decision'", values: [] }
  const found = where(held, ofGroups(scope, 'c.group_id'), when(afterId, 'c.id < ?'))
  const rows = await selectRows(
    db,
    `SELECT ${COLUMNS}, d.iam FROM ${FROM} JOIN devices d ON d.id = c.device_id ${found.sql} ORDER BY c.id DESC LIMIT ?`,
    [...found.values, limit],
  )
  return rows.map((row) => ({ ...toCommandRow(row), iam: readText(row, 'devices.iam') }))
}

/** Commands of these devices that a report may still decide, oldest first: open ones, and confirmed intervals. */
export async function listDecidableCommands(
  db: Database,
  args: { readonly deviceIds: readonly number[] },
  tx: Transaction,
): Promise<readonly CommandRow[]> {
  if (args.deviceIds.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT ${COLUMNS} FROM ${FROM} WHERE c.device_id IN (?) AND c.state = 'open'
     UNION ALL
     SELECT ${COLUMNS} FROM ${FROM}
     WHERE c.id IN (SELECT MAX(id) FROM commands WHERE device_id IN (?) AND state = 'confirmed' AND kind = 'interval'
       GROUP BY device_id)`,
    [[...args.deviceIds], [...args.deviceIds]],
    tx,
  )
  return rows.map(toCommandRow).toSorted((one, other) => one.id - other.id)
}

/** A new command to a device; see {@link CommandRow}. */
export interface NewCommand {
  readonly groupId: number
  readonly deviceId: number
  readonly kind: CommandKind
  readonly value: number
  readonly generation: DeviceGeneration
  readonly text: string
  readonly credits: number
  readonly state: 'open' | 'needs-decision'
  readonly reason: string | null
  readonly outboundId: number | null
  readonly requestedBy: string
  readonly expectedFrom: Date | null
  readonly expectedTo: Date | null
  readonly answeredBy: Date | null
  readonly createdAt: Date
}

/** Writes a command. @returns its id */
export function insertCommand(db: Database, values: NewCommand, tx?: Transaction): Promise<number> {
  return inWrite(db, tx, async (transaction) => {
    const row = await db.models.DeviceCommand.create({ ...values }, { transaction })
    await recordEvents(db, eventsOf('command', [Number(row.id)]), transaction)
    return Number(row.id)
  })
}

/** Assigns a held command its message. @returns false if another call was faster */
export async function releaseCommand(
  db: Database,
  args: { readonly id: number; readonly outboundId: number },
  tx: Transaction,
): Promise<boolean> {
  const sql = `UPDATE commands SET state = 'open', reason = NULL, outbound_id = ? WHERE id = ? AND state = 'needs-decision'`
  const isReleased = (await countChanged(db, sql, [args.outboundId, args.id], tx)) > 0
  if (isReleased) await recordEvents(db, eventsOf('command', [args.id]), tx)
  return isReleased
}

/** A delivery that a message caused and that no command row records yet. */
export interface CommandOfMessage {
  readonly messageId: number
  readonly routeId: number | null
  readonly outboundId: number
  readonly text: string
  readonly credits: number
}

/** Unsent deliveries of these messages that belong to no command yet. */
export async function listUnnotedCommands(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx: Transaction,
): Promise<readonly CommandOfMessage[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id, o.cause_message_id, o.route_id, o.text, o.credits FROM outbound_messages o
     WHERE o.cause_message_id IN (?) AND o.finished_at IS NULL AND o.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM commands c WHERE c.outbound_id = o.id)
     ORDER BY o.id`,
    [args.messageIds],
    tx,
  )
  return rows.map((row) => ({
    messageId: readNumber(row, 'outbound_messages.cause_message_id'),
    routeId: readNumberOrNull(row, 'outbound_messages.route_id'),
    outboundId: readNumber(row, 'outbound_messages.id'),
    text: readText(row, 'outbound_messages.text'),
    credits: readNumber(row, 'outbound_messages.credits'),
  }))
}

/** How a command was decided. */
export interface CommandDecision {
  readonly id: number
  readonly state: Exclude<StoredCommandState, 'open' | 'needs-decision'>
  readonly reason: string | null
  readonly messageId: number | null
  readonly at: Date
}

/** Writes decisions; the message of a confirmed command is confirmed too. Idempotent. */
export async function decideCommands(
  db: Database,
  args: { readonly decisions: readonly CommandDecision[] },
  tx: Transaction,
): Promise<void> {
  const ids = args.decisions.map(({ id }) => id)
  await recordEvents(db, eventsOf('command', ids), tx)
  for (const { id, state, reason, messageId, at } of args.decisions) {
    await changeRows(
      db,
      `UPDATE commands SET state = ?, reason = ?, decided_by_message_id = ?, decided_at = ?
       WHERE id = ? AND state IN ('open','needs-decision','confirmed') AND state <> ?`,
      [state, reason, messageId, at, id, state],
      tx,
    )
    if (state !== 'confirmed') continue
    await changeRows(
      db,
      `UPDATE outbound_messages SET state = 'confirmed', state_changed_at = ${nowSql(db.dialect)}, reason_code = NULL,
       reason_detail = NULL
       WHERE id = (SELECT outbound_id FROM commands WHERE id = ?) AND state IN ('sent','unknown')`,
      [id],
      tx,
    )
  }
}

/** Times of a device's sessions, oldest first: each of them fetched a waiting message, if any. */
export async function listContacts(
  db: Database,
  args: { readonly deviceId: number; readonly after: Date; readonly limit: number },
  tx?: Transaction,
): Promise<readonly Date[]> {
  const rows = await selectRows(
    db,
    `SELECT transmit_time AS at FROM inbound_messages
     WHERE device_id = ? AND transmit_time > ? ORDER BY id DESC LIMIT ?`,
    [args.deviceId, args.after, args.limit],
    tx,
  )
  return rows
    .flatMap((row) => readTimeOrNull(row, 'inbound_messages.transmit_time AS at') ?? [])
    .toSorted((one, other) => one.getTime() - other.getTime())
}

/** When messages to a modem left for the vendor's queue since a time, oldest first, and how many have not left yet. */
export async function loadModemQueue(
  db: Database,
  args: { readonly targetKey: string; readonly since: Date },
  tx?: Transaction,
): Promise<{ readonly sentAt: readonly Date[]; readonly waiting: number }> {
  const sent = await selectRows(
    db,
    `SELECT sent_at FROM outbound_messages WHERE target_key = ? AND sent_at > ? ORDER BY sent_at LIMIT 500`,
    [args.targetKey, args.since],
    tx,
  )
  const [open = {}] = await selectRows(
    db,
    `SELECT COUNT(*) AS waiting FROM outbound_messages
     WHERE target_key = ? AND finished_at IS NULL AND state IN ('queued','sending','parked')`,
    [args.targetKey],
    tx,
  )
  return {
    sentAt: sent.flatMap((row) => readTimeOrNull(row, 'outbound_messages.sent_at') ?? []),
    waiting: readNumber(open, 'outbound_messages.waiting'),
  }
}

/** Commands that a message decided: its report confirmed, refused or voided them. */
export async function listCommandsDecidedBy(
  db: Database,
  args: { readonly messageId: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly CommandRow[]> {
  const sql = `SELECT ${COLUMNS} FROM ${FROM} WHERE c.decided_by_message_id = ? ORDER BY c.id LIMIT ?`
  return (await selectRows(db, sql, [args.messageId, args.limit], tx)).map(toCommandRow)
}

/** Times of transmission of a device's newest reports, newest first. */
export async function listReportTimes(
  db: Database,
  args: { readonly deviceId: number; readonly limit: number },
  tx?: Transaction,
): Promise<readonly Date[]> {
  const rows = await selectRows(
    db,
    `SELECT m.transmit_time AS at FROM reports r JOIN inbound_messages m ON m.id = r.message_id
     WHERE r.device_id = ? ORDER BY r.at DESC LIMIT ?`,
    [args.deviceId, args.limit],
    tx,
  )
  return rows.flatMap((row) => readTimeOrNull(row, 'inbound_messages.transmit_time AS at') ?? [])
}

function toCommandRow(row: RawRow): CommandRow {
  return {
    id: readNumber(row, 'commands.id'),
    deviceId: readNumber(row, 'commands.device_id'),
    groupId: readNumber(row, 'commands.group_id'),
    // Written only by `insertCommand` and `decideCommands`, which accept no others.
    kind: readText(row, 'commands.kind') as CommandKind,
    value: readNumber(row, 'commands.value'),
    generation: readText(row, 'commands.generation') as DeviceGeneration,
    text: readText(row, 'commands.text'),
    credits: readNumber(row, 'commands.credits'),
    storedState: readText(row, 'commands.state') as StoredCommandState,
    reason: readTextOrNull(row, 'commands.reason'),
    outboundId: readNumberOrNull(row, 'commands.outbound_id'),
    outboundState: readTextOrNull(row, 'outbound_messages.state AS outbound_state') as DeliveryState | null,
    outboundReason: readTextOrNull(row, 'outbound_messages.reason_code AS outbound_reason'),
    requestedBy: readText(row, 'commands.requested_by'),
    createdAt: readTime(row, 'commands.created_at'),
    sentAt: readTimeOrNull(row, 'outbound_messages.sent_at'),
    expectedFrom: readTimeOrNull(row, 'commands.expected_from'),
    expectedTo: readTimeOrNull(row, 'commands.expected_to'),
    answeredBy: readTimeOrNull(row, 'commands.answered_by'),
    decidedAt: readTimeOrNull(row, 'commands.decided_at'),
    decidedByMessageId: readNumberOrNull(row, 'commands.decided_by_message_id'),
  }
}
