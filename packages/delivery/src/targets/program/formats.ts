import type { WholeMessage } from '@paikea/database'

import { NOTHING_TO_SEND } from '../formatted.ts'
import type { EndpointToFormat, Formatted, MessageToFormat } from '../target.ts'
import { reportFields } from './report-fields.ts'
import { safeJson } from './safe-json.ts'
import { vendorFields, vendorTime } from './vendor-fields.ts'

/** Bodies that programs may ask for: ours, or the vendor's own field names as readers of before expect them. */
export const PROGRAM_FORMATS = ['report', 'vendor'] as const
export type ProgramFormat = (typeof PROGRAM_FORMATS)[number]

/** Puts a message into the body of an endpoint's format. Every message with a payload goes; a session without one does not. */
export function formatForProgram(fallback: ProgramFormat) {
  return ({ whole }: MessageToFormat, { format }: EndpointToFormat<unknown>): Formatted => {
    if (whole === null || (whole.report === null && (whole.payload ?? []).length === 0)) return NOTHING_TO_SEND
    const body = (format ?? fallback) === 'vendor' ? vendorFields(whole) : reportBody(whole)
    return { ok: true, text: null, payload: Buffer.from(safeJson(body)) }
  }
}

/** What is sent when someone tries an endpoint out: marked as such, in the endpoint's format. */
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
 * The stored body of a delivery with the delivery's id in it, under which a reader tells doubles. In the vendor's format
 * nothing is added: its readers expect its fields and no others.
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

/** As text where it is ASCII that a person can read; else only the hex tells it. */
function printable(payload: Buffer): string | null {
  const text = payload.toString('latin1')
  return /^[\t\n\r\x20-\x7e]*$/.test(text) ? text : null
}
