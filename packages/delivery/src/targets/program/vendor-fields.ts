import type { WholeMessage } from '@paikea/database'

/** The nine fields of the vendor's own delivery; all are text except the message number. */
export interface VendorFields {
  readonly imei: string
  readonly serial: string
  readonly momsn: number
  readonly transmit_time: string
  readonly iridium_latitude: string
  readonly iridium_longitude: string
  readonly iridium_cep: string
  readonly iridium_session_status: string
  readonly data: string
}

/**
 * A message as the vendor would have delivered it, for readers that know only that format. Without an estimate it says
 * 0.0, as the vendor does.
 */
export function vendorFields(message: WholeMessage): VendorFields {
  return {
    imei: message.imei ?? '',
    serial: message.serial ?? '',
    momsn: message.momsn ?? 0,
    transmit_time: vendorTime(message.transmitTime ?? message.receivedAt),
    iridium_latitude: decimal(message.iridiumLatitude),
    iridium_longitude: decimal(message.iridiumLongitude),
    iridium_cep: decimal(message.iridiumCepKm),
    iridium_session_status: String(message.sessionStatus ?? 0),
    data: message.payload?.toString('hex') ?? '',
  }
}

/** `26-11-24 10:41:50`, in UTC. */
export function vendorTime(at: Date): string {
  return at.toISOString().slice(2, 19).replace('T', ' ')
}

function decimal(value: number | null): string {
  if (value === null) return '0.0'
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}
