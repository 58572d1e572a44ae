import type { DeliveryRow, InboundRow } from '@paikea/database'
import { ApiError } from '../../http/api-error.ts'

/** An entry of either list. */
export type FoundError =
  | { readonly kind: 'message'; readonly at: Date; readonly message: InboundRow }
  | { readonly kind: 'delivery'; readonly at: Date; readonly delivery: DeliveryRow }

/** The last entry shown of each list; `null`: none yet. */
export interface ErrorPlace {
  readonly message: number | null
  readonly delivery: number | null
}

/**
 * The newest entries of two lists, each ordered by id: inbound messages and deliveries.
 *
 * @param options each list holds one row more than the page, if there are that many
 */
export function mergeErrors(options: {
  readonly messages: readonly InboundRow[]
  readonly deliveries: readonly DeliveryRow[]
  readonly limit: number
  readonly after: ErrorPlace
}): { readonly rows: readonly FoundError[]; readonly nextCursor: string | null } {
  const rows: FoundError[] = []
  let [m, d] = [0, 0]
  while (rows.length < options.limit) {
    const [message, delivery] = [options.messages[m], options.deliveries[d]]
    if (message === undefined && delivery === undefined) break
    if (delivery === undefined || (message !== undefined && message.receivedAt >= delivery.createdAt)) {
      if (message === undefined) break
      rows.push({ kind: 'message', at: message.receivedAt, message })
      m += 1
    } else {
      rows.push({ kind: 'delivery', at: delivery.createdAt, delivery })
      d += 1
    }
  }
  const isMore = m < options.messages.length || d < options.deliveries.length
  const place = {
    message: options.messages[m - 1]?.id ?? options.after.message,
    delivery: options.deliveries[d - 1]?.id ?? options.after.delivery,
  }
  return { rows, nextCursor: isMore ? encodePlace(place) : null }
}

function encodePlace({ message, delivery }: ErrorPlace): string {
  return Buffer.from([message, delivery].map((id) => (id === null ? '' : id.toString(36))).join('.')).toString(
    'base64url',
  )
}

/** @throws ApiError 400 for a cursor that `mergeErrors` did not write */
export function decodePlace(cursor: string | undefined): ErrorPlace {
  if (cursor === undefined) return { message: null, delivery: null }
  const match = /^([0-9a-z]{0,10})\.([0-9a-z]{0,10})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (match === null) {
    throw new ApiError(400, 'invalid-cursor', 'The cursor does not belong to this list.', {
      errors: [{ field: 'cursor', code: 'invalid-cursor', message: 'does not belong to this list' }],
    })
  }
  const read = (text = ''): number | null => (text === '' ? null : Number.parseInt(text, 36))
  return { message: read(match[1]), delivery: read(match[2]) }
}
