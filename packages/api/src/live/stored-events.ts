import {
  type Database,
  findDeviceNames,
  findReportsOfMessages,
  listInboundByIds,
  type StoredMessage,
} from '@paikea/database'
import { presentTime } from '../http/fields.ts'
import { presentReport, presentStoredReport } from '../resources/reports/presenter.ts'
import type { ReportView } from '../resources/reports/schema.ts'
import type { LiveEvent, LiveHub } from './hub.ts'

/** `data` of a `message` event. */
export interface MessageEventData {
  readonly id: number
  readonly imei: string | null
  readonly iam: string | null
  readonly state: string
  readonly packetType: string | null
  readonly receivedAt: string
  /** As given by the vendor; may be days before arrival. */
  readonly transmitTime: string | null
}

/** `data` of a `report` event: the report as in the list, with its device. */
export interface ReportEventData extends ReportView {
  readonly imei: string | null
  readonly iam: string | null
  readonly transmitTime: string | null
}

/** A message to announce. */
export interface MessageToTell {
  readonly id: number
  /** Set when it has changed since it was first announced: then it is announced again. */
  readonly since?: string
}

/** Broadcasts a message that has just been stored. Call it right after the commit. */
export function publishStored(hub: LiveHub, stored: StoredMessage): void {
  if (hub.watcherCount() === 0) return
  const { messageId: id, groupId, imei, iam, state, packetType, report } = stored
  const times = { receivedAt: presentTime(stored.receivedAt), transmitTime: presentTime(stored.transmitTime) }
  const message = { id, imei, iam, state, packetType, ...times }
  const events = toEvents(groupId, message, report === null ? null : presentStoredReport(report), '')
  for (const event of events) hub.publish(event)
}

/** Events for messages in their current state, with their reports. */
export async function readMessageEvents(
  db: Database,
  messages: readonly MessageToTell[],
): Promise<readonly LiveEvent[]> {
  if (messages.length === 0) return []
  const ids = [...new Set(messages.map(({ id }) => id))]
  const [rows, reports] = await Promise.all([
    listInboundByIds(db, { ids }),
    findReportsOfMessages(db, { messageIds: ids }),
  ])
  const devices = await findDeviceNames(db, { deviceIds: rows.flatMap(({ deviceId }) => deviceId ?? []) })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return messages.flatMap(({ id, since = '' }) => {
    const row = byId.get(id)
    if (row === undefined) return []
    const device = row.deviceId === null ? null : (devices.get(row.deviceId) ?? null)
    const { imei, state, packetType } = row
    const times = { receivedAt: presentTime(row.receivedAt), transmitTime: presentTime(row.transmitTime) }
    const message = { id, imei, iam: device?.iam ?? null, state, packetType, ...times }
    const report = reports.get(id)
    return toEvents(device?.groupId ?? null, message, report === undefined ? null : presentReport(report), since)
  })
}

function toEvents(
  groupId: number | null,
  message: MessageEventData,
  report: ReportView | null,
  since: string,
): readonly LiveEvent[] {
  const key = `${String(message.id)}${since}`
  const told: LiveEvent = { type: 'message', groupId, key, data: message }
  if (report === null) return [told]
  const { imei, iam, transmitTime } = message
  const data: ReportEventData = { ...report, imei, iam, transmitTime }
  return [told, { type: 'report', groupId, key, data }]
}
