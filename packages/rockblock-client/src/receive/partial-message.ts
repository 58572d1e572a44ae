import { membersOf, serviceOf } from './cloudloop-message.ts'
import { HIGHEST_COUNT, isImei, LONGEST_SERIAL, parseNumber, scalarText } from './field-reader.ts'
import type { PartialMessage, WebhookFormat } from './message.ts'
import { parseIsoTime, parseShortTime, parseTimeObject } from './vendor-time.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads whatever it can from a body that failed, unverified. Looks for fields where the format has them, then where the
 * others do: the body may have been sent to another format's URL.
 */
export function readPartial(fields: Fields, format: WebhookFormat): PartialMessage {
  const [first, second] =
    format === 'cloudloop' ? [readNested(fields), readFlat(fields)] : [readFlat(fields), readNested(fields)]
  return {
    imei: first.imei ?? second.imei,
    momsn: first.momsn ?? second.momsn,
    transmitTime: first.transmitTime ?? second.transmitTime,
    serial: first.serial ?? second.serial,
    jwt: first.jwt ?? second.jwt,
  }
}

/** Formats A and B. */
function readFlat(fields: Fields): PartialMessage {
  const jwt = fields['JWT']
  const time = scalarText(fields['transmit_time']) ?? ''
  return {
    imei: imeiOf(fields['imei']),
    momsn: momsnOf(fields['momsn']),
    transmitTime: parseShortTime(time) ?? parseIsoTime(time),
    serial: serialOf(fields['serial']),
    jwt: typeof jwt === 'string' ? jwt : null,
  }
}

/** Format C. */
function readNested(fields: Fields): PartialMessage {
  const hardware = membersOf(membersOf(fields['identity'])['hardware'])
  const service = serviceOf(fields)
  const session = membersOf(service === null ? null : fields[service])
  return {
    imei: imeiOf(session['imei']) ?? imeiOf(hardware['imei']),
    momsn: momsnOf(session['momsn']),
    transmitTime: parseTimeObject(session['sessionAt']) ?? parseTimeObject(fields['receivedAt']),
    serial: serialOf(hardware['serial']),
    jwt: null,
  }
}

function imeiOf(value: unknown): string | null {
  const text = scalarText(value)
  return text !== null && isImei(text) ? text : null
}

function momsnOf(value: unknown): number | null {
  const number = parseNumber(value)
  return number !== null && Number.isInteger(number) && number >= 0 && number <= HIGHEST_COUNT ? number : null
}

function serialOf(value: unknown): string | null {
  return scalarText(value)?.slice(0, LONGEST_SERIAL) || null
}
