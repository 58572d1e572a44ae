/**
 * The devices' own reading rules, written from the protocol and not from the encoders: what they would do with a text.
 * A text that would make a device lose its session, restart or refuse throws.
 */

/** What a buoy does after one text. */
export interface BuoyState {
  beaconOn?: boolean
  intervalMinutes?: number
  sleepSeconds?: number
}

/** Firmware v2 splits on `;`, then on the first `,`; of one command given twice the last counts. */
export function readAsBuoyV2(text: string): BuoyState {
  refuseModemWords(text)
  const given = new Map<string, string>()
  for (const part of text.split(';')) {
    if (part === '') continue
    const comma = part.indexOf(',')
    if (comma === -1 || !part.startsWith('+DATA:')) throw new Error(`not read: ${part}`)
    given.set(part.slice('+DATA:'.length, comma), part.slice(comma + 1))
  }
  const state: BuoyState = {}
  for (const [type, value] of given) {
    if (type === 'PK005') state.beaconOn = value === '1'
    else if (type === 'PK006') state.intervalMinutes = Math.max(2, pythonInt(value))
    else if (type === 'PK007') {
      if (pythonInt(value) > 0) state.sleepSeconds = pythonInt(value)
    } else throw new Error(`unknown: ${type}`)
  }
  return state
}

/** Firmware v3 takes one command at the very first byte, and its number as C's `stoi` reads it. */
export function readAsBuoyV3(text: string): BuoyState {
  refuseModemWords(text)
  if (text.startsWith('+DATA:PK006,')) {
    const minutes = stoi(text.slice(12))
    if (minutes < 0 || minutes > 1440) throw new Error('st:4')
    return { intervalMinutes: minutes === 0 ? 10 : minutes }
  }
  if (text.startsWith('+DATA:PK007,')) {
    const seconds = stoi(text.slice(12))
    if (seconds < 0 || seconds > 259_200) throw new Error('st:4')
    return seconds === 0 ? { intervalMinutes: 10 } : { intervalMinutes: 10, sleepSeconds: Math.max(20, seconds) }
  }
  throw new Error('st:4')
}

/** A position as a handset shows it. */
export interface ShownPosition {
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly sogKnots: number
  readonly cogDegrees: number
  /** Seconds since midnight UTC. */
  readonly secondsOfDay: number
  readonly status: number
}

/** A handset takes PK004 with exactly eight values: numbers but for the hemispheres, the last one a decimal integer. */
export function readAsHandset(text: string): ShownPosition {
  refuseModemWords(text)
  const prefix = '+DATA:PK004,'
  if (!text.startsWith(prefix) || !text.endsWith(';') || text.indexOf(';') !== text.length - 1) throw new Error('shape')
  const values = text.slice(prefix.length, -1).split(',')
  if (values.length !== 8) throw new Error(`${values.length} values`)
  const [lat = '', ns = '', lon = '', ew = '', sog = '', cog = '', utc = '', status = ''] = values
  if (!/^[NS]$/.test(ns) || !/^[EW]$/.test(ew)) throw new Error('hemisphere')
  if (!/^\d{6}\.\d{3}$/.test(utc)) throw new Error('time')
  return {
    latitudeDegrees: shownDegrees(lat) * (ns === 'S' ? -1 : 1),
    longitudeDegrees: shownDegrees(lon) * (ew === 'W' ? -1 : 1),
    sogKnots: pythonFloat(sog),
    cogDegrees: pythonFloat(cog),
    secondsOfDay: Number(utc.slice(0, 2)) * 3600 + Number(utc.slice(2, 4)) * 60 + Number(utc.slice(4)),
    status: pythonInt(status),
  }
}

/** `[D]DDMM.mmmm`: the last two digits before the point are minutes, what stands before them degrees. */
function shownDegrees(value: string): number {
  const [whole = '', fraction = ''] = value.split('.')
  if (!/^(0|[1-9]\d*)\d\d$/.test(whole) || !/^\d{4}$/.test(fraction)) throw new Error(`coordinate ${value}`)
  const minutes = Number(`${whole.slice(-2)}.${fraction}`)
  if (minutes >= 60) throw new Error(`60 minutes: ${value}`)
  return Number(whole.slice(0, -2)) + minutes / 60
}

function refuseModemWords(text: string): void {
  if (/OK|ERROR|READY/.test(text)) throw new Error('taken for an answer of the modem')
  if (/[^\x20-\x7e]/.test(text)) throw new Error('not ASCII')
}

function pythonInt(value: string): number {
  if (!/^[+-]?\d+$/.test(value.trim())) throw new Error(`int(${value}): the device restarts`)
  return Number(value)
}

function pythonFloat(value: string): number {
  if (value.trim() === '' || !Number.isFinite(Number(value))) throw new Error(`float(${value})`)
  return Number(value)
}

/** Leading blanks, then digits; the rest is ignored. */
function stoi(value: string): number {
  const digits = /^\s*([+-]?\d+)/.exec(value)?.[1]
  if (digits === undefined) throw new Error('st:4')
  return Number(digits)
}
