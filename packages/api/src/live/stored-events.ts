import type { InboundRow, ReportRow, StoredMessage } from '@paikea/database'
import { presentTime } from '../http/fields.ts'
import { presentReport, presentStoredReport } from '../resources/reports/presenter.ts'
import type { ReportView } from '../resources/reports/schema.ts'
import type { LiveHub } from './hub.ts'

/** `data` of a `message` event. */
export interface MessageEventData {
  readonly id: number
  readonly imei: string | null
  readonly iam: string | null
  readonly state: string
  readonly packetType: string | null
  readonly receivedAt: string
  /** As the vendor gave it; it may be days before the arrival. */
  readonly transmitTime: string | null
}

/** `data` of a `report` event: the report as in the list, and whose it is. */
export interface ReportEventData extends ReportView {
  readonly imei: string | null
  readonly iam: string | null
  readonly transmitTime: string | null
}

/** Passes a message that has just been stored on to open pages. Belongs right after the commit. */
export function publishStored(hub: LiveHub, stored: StoredMessage): void {
  if (hub.watcherCount() === 0) return
  const { messageId: id, groupId, imei, iam, state, packetType, report } = stored
  const times = { receivedAt: presentTime(stored.receivedAt), transmitTime: presentTime(stored.transmitTime) }
  const message = { id, imei, iam, state, packetType, ...times }
  publish(hub, groupId, message, report === null ? null : presentStoredReport(report))
}

/** The same for a message that another process stored, as read back. */
export function publishRow(
  hub: LiveHub,
  row: InboundRow,
  device: { readonly iam: string; readonly groupId: number } | null,
  report: ReportRow | null,
  /** What became of it since it was told of. */
  since = '',
): void {
  const { id, imei, state, packetType } = row
  const times = { receivedAt: presentTime(row.receivedAt), transmitTime: presentTime(row.transmitTime) }
  const message = { id, imei, iam: device?.iam ?? null, state, packetType, ...times }
  publish(hub, device?.groupId ?? null, message, report === null ? null : presentReport(report), since)
}

function publish(
  hub: LiveHub,
  groupId: number | null,
  message: MessageEventData,
  report: ReportView | null,
  since = '',
): void {
  const key = `${String(message.id)}${since}`
  hub.publish({ type: 'message', groupId, key, data: message })
  if (report === null) return
  const { imei, iam, transmitTime } = message
  const data: ReportEventData = { ...report, imei, iam, transmitTime }
  hub.publish({ type: 'report', groupId, key, data })
}
