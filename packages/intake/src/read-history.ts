import type { NewInbound } from '@paikea/database'
import { decode } from '@paikea/packets'
import type { WebhookFormat } from '@paikea/rockblock-client'

import { readDelivery } from './read-delivery.ts'
import { toInbound } from './to-inbound.ts'

/** A message that another service received. */
export interface HistoricDelivery {
  readonly format: WebhookFormat
  readonly body: Uint8Array
  readonly contentType: string
  /** Used as the arrival time if the vendor's transmission time cannot be parsed. */
  readonly storedAt: Date
}

/**
 * Decodes a historical message by the present rules, as if it had arrived when it was transmitted; its real arrival was
 * not recorded. The result is history: shown and exported, never processed. It never throws; an unreadable message is
 * quarantined.
 *
 * @param now upper bound of arrival times
 */
export async function readHistory(delivery: HistoricDelivery, now: Date): Promise<NewInbound> {
  const { storedAt, ...rest } = delivery
  const read = await readDelivery({ ...rest, receivedAt: now, sourceAddress: null, hasSecret: false })
  const { parsed } = read
  const transmitTime = parsed.ok ? parsed.message.transmitTime : parsed.partial.transmitTime
  const receivedAt = transmitTime !== null && transmitTime <= now ? transmitTime : storedAt <= now ? storedAt : now
  const admission = { admittedBy: 'import', verificationNote: null } as const
  const inbound = toInbound({ ...read, delivery: { ...read.delivery, receivedAt } }, admission, {
    decode,
    isReleased: false,
  })
  return { ...inbound, isHistory: true }
}
