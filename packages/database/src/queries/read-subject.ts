import { deliverySubject, type TraceSubject } from '@paikea/domain'

import { type RawRow, readNumber, readTextOrNull, readTime } from './statement.ts'

/** What the trace of a delivery is about. @param row with `id`, `created_at`, and its cause's key as `message_key` */
export function readSubject(row: RawRow): TraceSubject {
  return deliverySubject({
    outboundId: readNumber(row, 'outbound_messages.id'),
    createdAt: readTime(row, 'outbound_messages.created_at'),
    messageKey: readTextOrNull(row, 'inbound_messages.duplicate_key AS message_key'),
  })
}
