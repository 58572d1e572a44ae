import { type Database, findImeiBySerial } from '@paikea/database'

import type { ReadDelivery } from './read-delivery.ts'

/** Whether a push names its modem, or is not a message that could. */
export function namesModem({ parsed }: ReadDelivery): boolean {
  return !parsed.ok || parsed.message.imei !== null
}

/**
 * Fills in the IMEI if a push names a tracker by its serial alone: one query, for those pushes only. If no modem has
 * the serial, or several do, the body is not a message.
 */
export async function findModemOf(db: Database, read: ReadDelivery): Promise<ReadDelivery> {
  const { parsed } = read
  if (!parsed.ok || parsed.message.imei !== null) return read
  const { message } = parsed
  const { serial, momsn, transmitTime, jwt, format, raw } = message
  const imei = serial === null ? null : await findImeiBySerial(db, { serial })
  if (imei !== null) return { ...read, parsed: { ok: true, message: { ...message, imei } } }
  const reason = {
    code: 'missing-field',
    field: 'imei',
    detail: `missing, and no single modem has the serial ${serial}`,
  } as const
  const partial = { imei: null, momsn, transmitTime, serial, jwt }
  return { ...read, parsed: { ok: false, format, reason, partial, raw } }
}
