import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { rowWriter } from '../sql/writer.ts'
import { NEW_DELIVERY_COLUMNS, type NewOutbound, OUTBOUND_MESSAGES } from '../tables/outbound-messages.ts'
import { readSkippedRoutes, type SkippedRoute } from '../skipped-routes.ts'
import { changeAndRecord, eventsOf } from './events.ts'
import {
  nowSql,
  readFlag,
  readJsonOrNull,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
  valueGroups,
  type RawRow,
} from './statement.ts'

/** A message with everything that processing it needs. */
export interface MessageForAction {
  readonly messageId: number
  /** Its duplicate key. */
  readonly key: string
  readonly state: string
  readonly imei: string | null
  readonly packetType: string | null
  readonly receivedAt: Date
  readonly transmitTime: Date | null
  /** The decoded value as stored. */
  readonly decoded: unknown
  /** It was processed before and has been reopened: what came after it may have been sent meanwhile. */
  readonly isReopened: boolean
  readonly device: {
    readonly id: number
    readonly iam: string
    readonly kind: string
    readonly groupId: number
    /** Time of its newest stored report with a fix. */
    readonly lastFixAt: Date | null
  } | null
  /** Routes that sent nothing when it was processed. */
  readonly skippedRoutes: readonly SkippedRoute[]
  readonly report: {
    readonly hasFix: boolean
    readonly latitude: number | null
    readonly longitude: number | null
    readonly fixAt: Date | null
    readonly at: Date
    readonly sogKnots: number | null
    readonly cogDegrees: number | null
    readonly status: string | null
    readonly isRepeat: boolean
    readonly reasonCode: number | null
    readonly intervalMinutes: number | null
    readonly sleepMinutes: number | null
    readonly beaconOn: boolean | null
    /** Too far from its neighbours, and not confirmed yet. */
    readonly isSuspect: boolean
  } | null
}

/** An active route with its endpoint. */
export interface RouteForAction {
  readonly id: number
  readonly groupId: number
  readonly sourceKind: string
  readonly sourceDeviceId: number | null
  readonly messageType: string
  readonly enabled: boolean
  readonly endpoint: EndpointForAction
}

/** The parts of an endpoint that planning needs. */
export interface EndpointForAction {
  readonly id: number
  readonly kind: string
  readonly format: string | null
  /** The address as its kind stored it. */
  readonly config: unknown
  readonly state: string
  readonly modemId: number | null
  /** The device that has the modem now; these four are `null` if there is none. */
  readonly deviceId: number | null
  readonly deviceKind: string | null
  /** Whose commands it accepts. */
  readonly ownerId: number | null
  readonly iam: string | null
  /** Its group; if it is in no device, the last group that had the modem. */
  readonly modemGroupId: number | null
  /** Its firmware: as configured; otherwise v3 if its reports show its settings, which v2's do not. `null`: unknown. */
  readonly generation: string | null
}

/**
 * Loads messages by id with device and report, in one statement. Messages of a retired device are not forwarded. With
 * `lock`, a transaction that would confirm a suspect fix among them waits for the end of this one, and then reopens its
 * message.
 */
export async function loadForAction(
  db: Database,
  args: { readonly messageIds: readonly number[]; readonly lock?: boolean },
  tx?: Transaction,
): Promise<MessageForAction[]> {
  const messages = await load(db, args, tx)
  // SQLite has one writer, which is us.
  if (args.lock !== true || db.dialect === 'sqlite' || !messages.some(({ report }) => report?.isSuspect))
    return messages
  await selectRows(db, 'SELECT id FROM reports WHERE message_id IN (?) FOR UPDATE', [args.messageIds], tx)
  return load(db, args, tx)
}

async function load(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx: Transaction | undefined,
): Promise<MessageForAction[]> {
  const rows = await selectRows(
    db,
    `SELECT m.id, m.duplicate_key, m.state, m.imei, m.packet_type, m.received_at, m.transmit_time, m.decoded,
       m.skipped_routes, m.reopened_at, d.id AS device_id, d.iam, d.kind, d.group_id, s.last_fix_at,
       r.id AS report_id, r.has_fix, r.latitude, r.longitude, r.fix_at, r.at, r.sog_knots, r.cog_degrees, r.status,
       r.repeat_of_id, r.quality, r.reason_code, r.interval_minutes, r.sleep_minutes, r.beacon_on
     FROM inbound_messages m LEFT JOIN devices d ON d.id = m.device_id AND d.deleted_at IS NULL
       LEFT JOIN device_states s ON s.device_id = m.device_id LEFT JOIN reports r ON r.message_id = m.id
     WHERE m.id IN (?) ORDER BY m.id`,
    [args.messageIds],
    tx,
  )
  return rows.map(toMessage)
}

/** All active routes of these groups, plus the route `alsoId` even if it is disabled. */
export async function loadRoutesForAction(
  db: Database,
  args: { readonly groupIds: readonly number[]; readonly alsoId?: number },
  tx?: Transaction,
): Promise<RouteForAction[]> {
  if (args.groupIds.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT r.id, r.group_id, r.source_kind, r.source_device_id, r.message_type, r.enabled, e.id AS endpoint_id, e.kind, e.format,
       e.config, CASE WHEN v.state = 'parked' THEN v.state ELSE e.state END AS state, e.modem_id, d.id AS device_id,
       d.kind AS device_kind, d.owner_id, d.iam,
       COALESCE(d.group_id, m.group_id) AS modem_group_id,
       COALESCE(d.generation, CASE WHEN s.interval_minutes IS NOT NULL THEN 'v3' END) AS generation
     FROM routes r JOIN endpoints e ON e.id = r.endpoint_id AND e.deleted_at IS NULL
       LEFT JOIN vendor_accounts v ON v.kind = e.kind LEFT JOIN modems m ON m.id = e.modem_id
       LEFT JOIN modem_assignments a ON a.open_modem_id = e.modem_id LEFT JOIN devices d ON d.id = a.device_id
       LEFT JOIN device_states s ON s.device_id = d.id
     WHERE r.group_id IN (?) AND (r.enabled OR r.id = ?) AND r.deleted_at IS NULL ORDER BY r.id`,
    [args.groupIds, args.alsoId ?? 0],
    tx,
  )
  return rows.map((row) => ({
    id: readNumber(row, 'routes.id'),
    groupId: readNumber(row, 'routes.group_id'),
    sourceKind: readText(row, 'routes.source_kind'),
    sourceDeviceId: readNumberOrNull(row, 'routes.source_device_id'),
    messageType: readText(row, 'routes.message_type'),
    enabled: readFlag(row, 'routes.enabled'),
    endpoint: {
      id: readNumber(row, 'endpoints.id AS endpoint_id'),
      kind: readText(row, 'endpoints.kind'),
      format: readTextOrNull(row, 'endpoints.format'),
      config: readJsonOrNull(row, 'endpoints.config'),
      state: readText(row, 'endpoints.state'),
      modemId: readNumberOrNull(row, 'endpoints.modem_id'),
      deviceId: readNumberOrNull(row, 'devices.id AS device_id'),
      deviceKind: readTextOrNull(row, 'devices.kind AS device_kind'),
      ownerId: readNumberOrNull(row, 'devices.owner_id'),
      iam: readTextOrNull(row, 'devices.iam'),
      modemGroupId: readNumberOrNull(row, 'devices.group_id AS modem_group_id'),
      generation: readTextOrNull(row, 'devices.generation'),
    },
  }))
}

const NEW_DELIVERY = rowWriter(OUTBOUND_MESSAGES, NEW_DELIVERY_COLUMNS)

/** Writes deliveries; idempotent: one per message and route. */
export async function insertOutbound(
  db: Database,
  args: { readonly rows: readonly NewOutbound[] },
  tx: Transaction,
): Promise<void> {
  if (args.rows.length === 0) return
  const conflict =
    db.dialect === 'mysql'
      ? 'ON DUPLICATE KEY UPDATE id = id'
      : 'ON CONFLICT (cause_message_id, route_id, generation) DO NOTHING'
  const given = { causeKind: 'route', state: 'queued', waiting: false } as const
  const values = args.rows.flatMap((row) => NEW_DELIVERY.write(db.dialect, { ...given, ...row }))
  const groups = valueGroups(args.rows.length, NEW_DELIVERY.columns.length, nowSql(db.dialect))
  const columns = [...NEW_DELIVERY.columns, 'state_changed_at'].join(',')
  const sql = `INSERT INTO outbound_messages (${columns}) VALUES ${groups} ${conflict}`
  const messageIds = [...new Set(args.rows.map(({ causeMessageId }) => causeMessageId))]
  await changeAndRecord(db, { sql, values, events: eventsOf('planned', messageIds) }, tx)
}

/** A delivery that a message caused. */
export interface DeliveryOfMessage {
  readonly outboundId: number
  readonly causeMessageId: number
  readonly routeId: number | null
  readonly imei: string | null
  readonly text: string
  readonly targetKind: string
  readonly targetKey: string
  readonly endpointLabel: string | null
  readonly lane: string
  readonly isFinished: boolean
}

/** All deliveries that these messages caused, in order of creation. */
export async function listDeliveriesOf(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx?: Transaction,
): Promise<DeliveryOfMessage[]> {
  if (args.messageIds.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT o.id, o.cause_message_id, o.route_id, o.imei, o.text, o.target_kind, o.target_key, o.lane, o.finished_at, p.label
     FROM outbound_messages o LEFT JOIN endpoints p ON p.id = o.endpoint_id WHERE o.cause_message_id IN (?) ORDER BY o.id`,
    [args.messageIds],
    tx,
  )
  return rows.map((row) => ({
    outboundId: readNumber(row, 'outbound_messages.id'),
    causeMessageId: readNumber(row, 'outbound_messages.cause_message_id'),
    routeId: readNumberOrNull(row, 'outbound_messages.route_id'),
    imei: readTextOrNull(row, 'outbound_messages.imei'),
    text: readTextOrNull(row, 'outbound_messages.text') ?? '',
    targetKind: readText(row, 'outbound_messages.target_kind'),
    targetKey: readText(row, 'outbound_messages.target_key'),
    endpointLabel: readTextOrNull(row, 'endpoints.label'),
    lane: readText(row, 'outbound_messages.lane'),
    isFinished: row['finished_at'] !== null,
  }))
}

function toMessage(row: RawRow): MessageForAction {
  const receivedAt = readTime(row, 'inbound_messages.received_at')
  return {
    messageId: readNumber(row, 'inbound_messages.id'),
    key: readText(row, 'inbound_messages.duplicate_key'),
    state: readText(row, 'inbound_messages.state'),
    imei: readTextOrNull(row, 'inbound_messages.imei'),
    packetType: readTextOrNull(row, 'inbound_messages.packet_type'),
    receivedAt,
    transmitTime: readTimeOrNull(row, 'inbound_messages.transmit_time'),
    decoded: readJsonOrNull(row, 'inbound_messages.decoded'),
    isReopened: row['reopened_at'] !== null,
    skippedRoutes: readSkippedRoutes(readJsonOrNull(row, 'inbound_messages.skipped_routes')),
    device:
      row['device_id'] === null
        ? null
        : {
            id: readNumber(row, 'devices.id AS device_id'),
            iam: readText(row, 'devices.iam'),
            kind: readText(row, 'devices.kind'),
            groupId: readNumber(row, 'devices.group_id'),
            lastFixAt: readTimeOrNull(row, 'device_states.last_fix_at'),
          },
    report:
      row['report_id'] === null
        ? null
        : {
            hasFix: readFlag(row, 'reports.has_fix'),
            latitude: readNumberOrNull(row, 'reports.latitude'),
            longitude: readNumberOrNull(row, 'reports.longitude'),
            fixAt: readTimeOrNull(row, 'reports.fix_at'),
            at: readTime(row, 'reports.at'),
            sogKnots: readNumberOrNull(row, 'reports.sog_knots'),
            cogDegrees: readNumberOrNull(row, 'reports.cog_degrees'),
            status: readTextOrNull(row, 'reports.status'),
            isRepeat: row['repeat_of_id'] !== null,
            reasonCode: readNumberOrNull(row, 'reports.reason_code'),
            intervalMinutes: readNumberOrNull(row, 'reports.interval_minutes'),
            sleepMinutes: readNumberOrNull(row, 'reports.sleep_minutes'),
            beaconOn: row['beacon_on'] === null ? null : readFlag(row, 'reports.beacon_on'),
            isSuspect: row['quality'] === 'suspect',
          },
  }
}
