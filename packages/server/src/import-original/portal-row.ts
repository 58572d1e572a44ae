import { createHash } from 'node:crypto'
import type { HistoricDelivery } from '@paikea/intake'

/** A row of a portal's export; absent columns are `null`. */
export interface PortalRow {
  readonly imei: string
  readonly at: Date
  readonly hex: string
  readonly momsn: string | null
  /** The vendor's id of the message. */
  readonly id: string | null
  readonly serial: string | null
  readonly latitude: string | null
  readonly longitude: string | null
  readonly cep: string | null
}

/**
 * The portals' names for each column, in lower-case letters and digits only. The two portals' exports differ, and so do
 * their versions.
 */
const COLUMNS = {
  imei: ['imei', 'deviceimei', 'hardwareimei', 'identifier'],
  at: [
    'datetimeutc',
    'transmittime',
    'transmittimeutc',
    'sessiontime',
    'sessionat',
    'receivedat',
    'datetime',
    'date',
    'time',
    'at',
  ],
  hex: ['payload', 'payloadhex', 'data', 'hex', 'message', 'messagehex', 'snippet'],
  momsn: ['momsn'],
  id: ['messageid', 'id'],
  serial: ['serial', 'serialnumber'],
  latitude: ['iridiumlatitude', 'latitude', 'lat', 'approxlat'],
  longitude: ['iridiumlongitude', 'longitude', 'lon', 'lng', 'approxlng'],
  place: ['approxlatlng', 'location'],
  cep: ['iridiumcep', 'cep', 'cepkm'],
  direction: ['direction'],
} as const
type Column = keyof typeof COLUMNS
type Fields = Readonly<Partial<Record<Column, number>>>

/** The position of each column, by the file's first record. */
export function columnsOf(header: readonly string[]): Fields {
  const names = header.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  const entries = Object.entries(COLUMNS).flatMap(([column, known]) => {
    // Most informative name first.
    const index = known.map((name) => names.indexOf(name)).find((found) => found !== -1)
    return index === undefined ? [] : [[column, index] as const]
  })
  return Object.fromEntries(entries)
}

/** Parses a record; a text says why it cannot be imported. */
export function readPortalRow(record: readonly string[], columns: Fields, onlyImei: string | null): PortalRow | string {
  const field = (column: Column): string | null => {
    const index = columns[column]
    const value = index === undefined ? '' : (record[index] ?? '')
    return value === '' ? null : value
  }
  const direction = field('direction')
  if (direction !== null && /^(?:mt|to|out|down|mobile.?terminated)/i.test(direction)) return 'was sent to the modem'
  const imei = field('imei') ?? onlyImei
  if (imei === null || !/^\d{15}$/.test(imei)) return 'no IMEI of 15 digits'
  const at = readPortalTime(field('at') ?? '')
  if (at === null) return `${JSON.stringify(field('at') ?? '')} is not an unambiguous time`
  const hex = (field('hex') ?? '').replaceAll(/\s|^0x/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) return 'its payload is not hex'
  const [latitude = null, longitude = null] = field('place')?.split(/[,/ ]+/) ?? []
  return {
    imei,
    at,
    hex,
    momsn: field('momsn'),
    id: field('id'),
    serial: field('serial'),
    cep: field('cep'),
    latitude: field('latitude') ?? latitude,
    longitude: field('longitude') ?? longitude,
  }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** UTC, as both portals show it. `01/02/2022` is ambiguous: it is not guessed. */
export function readPortalTime(text: string): Date | null {
  const clock = String.raw`[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(?:Z|UTC|\+00:?00)?$`
  const yearFirst = new RegExp(String.raw`^(\d{4}|\d{2})-(\d{2})-(\d{2})${clock}`).exec(text)
  const byName = new RegExp(String.raw`^(\d{1,2})[/ -]([A-Za-z]{3})[a-z]*[/ -](\d{4})${clock}`).exec(text)
  const [, first = '', second = '', third = '', hour = '', minute = '', whole = '0'] = yearFirst ?? byName ?? []
  if (first === '') return null
  const isYearFirst = yearFirst !== null
  const year = Number(isYearFirst ? first : third)
  const month = isYearFirst ? Number(second) : MONTHS.indexOf(second.toLowerCase()) + 1
  const day = Number(isYearFirst ? third : first)
  const at = new Date(
    Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, Number(hour), Number(minute), Number(whole)),
  )
  const isReal = month >= 1 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day && Number(hour) < 24
  return isReal ? at : null
}

/**
 * The body it would have arrived in: with an id as Cloudloop's, with a number as the RockBLOCK portal's, so that it
 * gets the same duplicate key as that delivery.
 */
export function encodePortalRow(row: PortalRow): HistoricDelivery {
  const { imei, at, hex, momsn, id, serial } = row
  if (id === null && momsn !== null) {
    const fields = {
      imei,
      momsn,
      transmit_time: at.toISOString().slice(2, 19).replace('T', ' '),
      data: hex,
      ...(serial === null ? {} : { serial }),
      ...(row.latitude === null ? {} : { iridium_latitude: row.latitude }),
      ...(row.longitude === null ? {} : { iridium_longitude: row.longitude }),
      ...(row.cep === null ? {} : { iridium_cep: row.cep }),
    }
    const body = Buffer.from(new URLSearchParams(fields).toString())
    return { format: 'rockblock', body, contentType: 'application/x-www-form-urlencoded', storedAt: at }
  }
  const [latitude, longitude, cep] = [row.latitude, row.longitude, row.cep].map((text) => Number(text ?? Number.NaN))
  const hasPlace = Number.isFinite(latitude) && Number.isFinite(longitude)
  const message = {
    id:
      id ??
      `csv-${createHash('sha256').update(`${imei} ${at.toISOString()} ${hex.toLowerCase()}`).digest('hex').slice(0, 32)}`,
    receivedAt: partsOf(at),
    identity: { hardware: { imei, ...(serial === null ? {} : { serial }) } },
    sbd: {
      imei,
      sessionAt: partsOf(at),
      ...(momsn === null || !/^\d{1,5}$/.test(momsn) ? {} : { momsn: Number(momsn) }),
      ...(hasPlace ? { location: { latitude, longitude, ...(Number.isFinite(cep) ? { cep } : {}) } } : {}),
    },
    ...(hex === '' ? {} : { message: Buffer.from(hex, 'hex').toString('base64') }),
  }
  const body = Buffer.from(JSON.stringify(message))
  return { format: 'cloudloop', body, contentType: 'application/json', storedAt: at }
}

function partsOf(at: Date) {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = at.toISOString().split(/\D/).map(Number)
  return { year, month, day, hour, minute, second }
}
