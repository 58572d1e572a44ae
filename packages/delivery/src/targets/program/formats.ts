import type { WholeMessage } from '@paikea/database'

import { NOTHING_TO_SEND } from '../formatted.ts'
import type { EndpointToFormat, Formatted, MessageToFormat } from '../target.ts'
import { reportFields } from './report-fields.ts'
import { safeJson } from './safe-json.ts'
import { vendorFields, vendorTime } from './vendor-fields.ts'

/** Body formats for programs: ours, or the vendor's field names, which existing readers expect. */
export const PROGRAM_FORMATS = ['report', 'vendor'] as const
export type ProgramFormat = (typeof PROGRAM_FORMATS)[number]

/** Builds the body in an endpoint's format. Messages without a payload (empty sessions) are not sent. */
export function formatForProgram(fallback: ProgramFormat) {
  return ({ whole }: MessageToFormat, { format }: EndpointToFormat<unknown>): Formatted => {
    if (whole === null || (whole.report === null && (whole.payload ?? []).length === 0)) return NOTHING_TO_SEND
    const body = (format ?? fallback) === 'vendor' ? vendorFields(whole) : reportBody(whole)
    return { ok: true, text: null, payload: Buffer.from(safeJson(body)) }
  }
}

/** The body of an endpoint test: marked as such, in the endpoint's format. */
export function testBody(format: string, at: Date): Buffer {
  const text = 'PAIKEA TEST'
  const hex = Buffer.from(text).toString('hex')
  const place = { iridium_latitude: '0.0', iridium_longitude: '0.0', iridium_cep: '0.0', iridium_session_status: '0' }
  const body =
    format === 'vendor'
      ? { imei: '000000000000000', serial: '0', momsn: 0, transmit_time: vendorTime(at), ...place, data: hex }
      : { type: 'test', at: at.toISOString(), message: { text, hex } }
  return Buffer.from(safeJson(body))
}

/**
 * A delivery's stored body with the delivery's id added, by which readers recognise duplicates. The vendor's format
 * stays unchanged: its readers expect exactly its fields.
 */
export function withDeliveryId(payload: Uint8Array, deliveryId: string): string {
  const body = Buffer.from(payload).toString('utf8')
  if (!body.startsWith('{"type":')) return body
  return `{"id":${JSON.stringify(deliveryId)},${body.slice(1)}`
}

function reportBody(message: WholeMessage): object {
  const { device, report, payload } = message
  return {
    type: 'report',
    device: device === null ? null : { iam: device.iam, kind: device.kind, label: device.label },
    modem: { imei: message.imei, serial: message.serial },
    message: {
      id: message.messageId,
      type: message.messageType,
      momsn: message.momsn,
      transmitTime: message.transmitTime?.toISOString() ?? null,
      receivedAt: message.receivedAt.toISOString(),
      hex: payload?.toString('hex') ?? '',
      text: payload === null ? null : printable(payload),
    },
    report: report === null ? null : reportFields(report),
  }
}

/** The payload as text if it is readable ASCII; otherwise only the hex form is given. */
function printable(payload: Buffer): string | null {
  const text = payload.toString('latin1')
  return /^[\t\n\r\x20-\x7e]*$/.test(text) ? text : null
}
