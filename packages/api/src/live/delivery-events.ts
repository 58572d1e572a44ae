import type { DeliveryChange, DeliveryStatus } from '@paikea/database'
import { presentTime } from '../http/fields.ts'
import type { OutboundView } from '../resources/outbound/schema.ts'
import type { LiveHub } from './hub.ts'

/** `data` of a `delivery` event: the state a message out came to, in the words of `/v1/messages/outbound`. */
export interface DeliveryEventData extends Pick<OutboundView, 'id' | 'imei' | 'serial' | 'state' | 'vendorId'> {
  /** The device that holds the target modem now. */
  readonly iam: string | null
  /** The device whose message caused it; `null` for a person's message. */
  readonly sourceIam: string | null
  /** The code of why it is parked, failed, … */
  readonly reason: string | null
  /** Number of the latest try to hand it over; `null` before the first. */
  readonly attempt: number | null
  /** When it came to this state, by the database's clock: of two events about a delivery the later one holds. */
  readonly at: string
}

/** Names a change: the same wherever it is seen. */
export function deliveryKey({ id, state, at }: DeliveryChange): string {
  return `${String(id)}/${state}/${String(at.getTime())}`
}

/** Passes a delivery's state on to the open pages of its group. */
export function publishDelivery(hub: LiveHub, row: DeliveryStatus): void {
  const { id, groupId, imei, serial, iam, sourceIam, state, reasonCode, vendorId, attempt } = row
  const data: DeliveryEventData = {
    ...{ id, imei, serial, iam, sourceIam, state, reason: reasonCode, vendorId, attempt },
    at: presentTime(row.at),
  }
  hub.publish({ type: 'delivery', groupId, key: deliveryKey(row), data })
}
