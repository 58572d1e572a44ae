import type { DeliveryStatus } from '@paikea/database'
import { presentTime } from '../http/fields.ts'
import type { OutboundView } from '../resources/outbound/schema.ts'
import type { LiveEvent } from './hub.ts'

/** `data` of a `delivery` event: the new state of an outbound message, as in `/v1/messages/outbound`. */
export interface DeliveryEventData extends Pick<OutboundView, 'id' | 'imei' | 'serial' | 'state' | 'vendorId'> {
  /** The device that holds the target modem now. */
  readonly iam: string | null
  /** The device whose message caused it; `null` for a message sent by a user. */
  readonly sourceIam: string | null
  /** The code of why it is parked, failed, … */
  readonly reason: string | null
  /** Number of the latest attempt; `null` before the first. */
  readonly attempt: number | null
  /** When it reached this state, by the database's clock: of two events about a delivery, the later one wins. */
  readonly at: string
}

/** A delivery's state as an event for its own group, and for the group that owns the target modem. */
export function presentDelivery(row: DeliveryStatus): LiveEvent {
  const { groupId, targetGroupId, reasonCode, at, ...same } = row
  const key = `${String(row.id)}/${row.state}/${String(at.getTime())}`
  const data: DeliveryEventData = { ...same, reason: reasonCode, at: presentTime(at) }
  return { type: 'delivery', groupId, otherGroupId: targetGroupId, key, data }
}
