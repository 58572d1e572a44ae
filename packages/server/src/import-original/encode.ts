import type { OriginalMessage, OriginalPush } from '@paikea/database'
import type { HistoricDelivery } from '@paikea/intake'

const encoder = new TextEncoder()

/** Reconstructs the form body: the columns hold its fields verbatim. */
export function encodeMessage({ fields, createdAt }: OriginalMessage, now: Date): HistoricDelivery {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${value.replaceAll('&', '%26')}`)
  return {
    format: 'rockblock',
    body: encoder.encode(pairs.join('&')),
    contentType: 'application/x-www-form-urlencoded',
    storedAt: createdAt ?? now,
  }
}

/** Columns not named after the vendor's fields. */
const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  app_msg_addr: 'appMessageAddress',
  app_msg_content: 'appMessageContent',
}
const FLAGS: ReadonlySet<string> = new Set(['power', 'ack_request', 'alert'])
/** If Iridium computed the position, these columns hold stale values. */
const OF_GPS: ReadonlySet<string> = new Set(['lat', 'lon'])

/** Reconstructs the push's JSON. */
export function encodePush({ id, columns, createdAt }: OriginalPush, now: Date): HistoricDelivery {
  const isGps = columns['source'] === 'GPS'
  const members: Record<string, string | number | boolean> = { id }
  for (const [name, value] of Object.entries(columns)) {
    if (value === null || (OF_GPS.has(name) && !isGps)) continue
    members[FIELD_OF_COLUMN[name] ?? name] = FLAGS.has(name) ? Number(value) !== 0 : value
  }
  return {
    format: 'core-push',
    body: encoder.encode(JSON.stringify(members)),
    contentType: 'application/json',
    storedAt: createdAt ?? now,
  }
}
