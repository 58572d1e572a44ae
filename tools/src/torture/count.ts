import type { Receipt } from './receipts.ts'
import type { Addressee } from './routes.ts'
import type { SentMessage } from './sea.ts'

/** A message as stored. */
export interface StoredMessage {
  readonly id: number
  readonly key: string
  readonly state: string
  readonly copies: number
  /** Routes that sent nothing, with the reason. */
  readonly skipped: ReadonlyMap<number, string>
}

/** A delivery as stored. */
export interface StoredDelivery {
  readonly id: number
  readonly messageId: number
  readonly endpointId: number
  readonly state: string
  readonly reason: string | null
  /** Why its endpoint accepts nothing now; `null`: it does. */
  readonly endpointReason: string | null
}

/** Everything that is compared. */
export interface Evidence {
  readonly sent: readonly SentMessage[]
  readonly stored: readonly StoredMessage[]
  readonly deliveries: readonly StoredDelivery[]
  readonly addressees: readonly Addressee[]
  /** What each receiver got, in order, by endpoint. */
  readonly receipts: ReadonlyMap<number, readonly Receipt[]>
}

/** The result of the count. */
export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly outOfOrder: readonly string[]
  /** Deliveries that are neither final nor waiting with a reason, and messages that nobody sent. */
  readonly unaccounted: readonly string[]
  /** One line per receiver: how much it got, and the state of the rest. */
  readonly lines: readonly string[]
}

/** Deliveries in this state may or may not have arrived, as it says. */
const UNKNOWN = 'unknown'
/** Not sent, permanently and visibly. */
const GIVEN_UP: ReadonlySet<string> = new Set(['expired'])

/** Compares what the devices sent with what each receiver got, and with the service's own account of the difference. */
export function count(evidence: Evidence): Verdict {
  const verdict: Findings = { lost: [], doubled: [], outOfOrder: [], unaccounted: [], lines: [] }
  const byKey = storedByKey(evidence, verdict)
  const copies = evidence.stored.reduce((sum, message) => sum + message.copies, 0)
  verdict.lines.push(`devices sent ${evidence.sent.length}, stored ${evidence.stored.length}, copies ${copies}`)
  const modems: Tally[] = []
  for (const addressee of evidence.addressees) {
    const tally = countOne(addressee, evidence, byKey, verdict)
    if (addressee.manner === 'modem') modems.push(tally)
    else verdict.lines.push(describe(addressee.name, [tally]))
  }
  verdict.lines.push(describe(`${modems.length} modems`, modems))
  return verdict
}

/** Whether a verdict is clean. */
export function isClean({ lost, doubled, outOfOrder, unaccounted }: Verdict): boolean {
  return lost.length + doubled.length + outOfOrder.length + unaccounted.length === 0
}

type Findings = { readonly [Name in keyof Verdict]: string[] }

function storedByKey({ sent, stored }: Evidence, verdict: Findings): ReadonlyMap<string, StoredMessage> {
  const byKey = new Map<string, StoredMessage>()
  for (const message of stored) {
    if (byKey.has(message.key)) verdict.doubled.push(`message ${message.key} is stored twice`)
    byKey.set(message.key, message)
    if (message.state !== 'processed') verdict.unaccounted.push(`message ${message.id} is ${message.state}`)
  }
  const keys = new Set(sent.map(({ key }) => key))
  for (const key of keys) if (!byKey.has(key)) verdict.lost.push(`message ${key} is not stored`)
  for (const key of byKey.keys()) if (!keys.has(key)) verdict.unaccounted.push(`message ${key} was never sent`)
  return byKey
}

interface Tally {
  got: number
  /** Received again under the same id: the receiver can detect that. */
  again: number
  /** The rest, by state and reason. */
  readonly rest: Map<string, number>
}

function countOne(
  addressee: Addressee,
  { sent, deliveries, receipts }: Evidence,
  byKey: ReadonlyMap<string, StoredMessage>,
  verdict: Findings,
): Tally {
  const { name, endpointId, routeId, manner, follows } = addressee
  const tally: Tally = { got: 0, again: 0, rest: new Map() }
  const own = new Map(deliveries.filter((row) => row.endpointId === endpointId).map((row) => [row.messageId, row]))
  const arrived = arrivals(addressee, receipts.get(endpointId) ?? [], { byKey, own, tally, verdict })
  for (const { imei, key } of sent) {
    if (follows !== undefined && follows !== imei) continue
    const message = byKey.get(key)
    if (message === undefined) continue
    const row = own.get(message.id)
    const skipped = message.skipped.get(routeId)
    const isThere = arrived.has(key)
    if (isThere) tally.got += 1
    if (row === undefined) {
      if (manner !== 'modem' || skipped === undefined) verdict.lost.push(`${name}: no delivery of ${key}`)
      else note(tally, skipped)
      continue
    }
    if (!isThere) note(tally, row.reason === null ? row.state : `${row.state} (${row.reason})`)
    const fault = faultOf(row, { isThere, mustArrive: manner === 'well' || manner === 'moody' })
    if (fault !== null) verdict[fault].push(`${name}: ${key}, delivery ${row.id} is ${row.state} (${row.reason})`)
  }
  return tally
}

/** What is wrong with a delivery's state, if anything. */
function faultOf(
  row: StoredDelivery,
  options: { readonly isThere: boolean; readonly mustArrive: boolean },
): 'lost' | 'unaccounted' | null {
  if (row.state === 'sent' || row.state === 'confirmed') return options.isThere ? null : 'lost'
  if (options.mustArrive) return options.isThere ? 'unaccounted' : 'lost'
  if (row.state === UNKNOWN || GIVEN_UP.has(row.state)) return null
  const waits = row.state === 'parked' ? row.reason !== null : isOpen(row.state) && row.endpointReason !== null
  return waits ? null : 'unaccounted'
}

/** `sending`: a paused endpoint is probed from time to time. */
function isOpen(state: string): boolean {
  return state === 'queued' || state === 'sending'
}

/** Looks for duplicates and wrong order. @returns what arrived, by key */
function arrivals(
  { name, manner }: Addressee,
  receipts: readonly Receipt[],
  options: {
    readonly byKey: ReadonlyMap<string, StoredMessage>
    readonly own: ReadonlyMap<number, StoredDelivery>
    readonly tally: Tally
    readonly verdict: Findings
  },
): ReadonlySet<string> {
  const ids = new Map<string, string | null>()
  const latest = new Map<string, number>()
  for (const { key, deliveryId } of receipts) {
    const message = options.byKey.get(key)
    const row = message === undefined ? undefined : options.own.get(message.id)
    if (message === undefined || row === undefined) {
      options.verdict.unaccounted.push(`${name}: got ${key}, which nobody sent there`)
      continue
    }
    if (ids.has(key)) {
      const isSame = deliveryId !== null && ids.get(key) === deliveryId
      if (isSame) options.tally.again += 1
      else options.verdict.doubled.push(`${name}: ${key} came twice, delivery ${row.id} is ${row.state}`)
      continue
    }
    ids.set(key, deliveryId)
    if (manner !== 'modem' && deliveryId !== String(row.id)) {
      options.verdict.unaccounted.push(`${name}: ${key} came as delivery ${deliveryId}, not ${row.id}`)
    }
    // An unknown delivery may leave after those behind it: a process that stalled in mid-send resumed.
    if (row.state === UNKNOWN) continue
    const device = key.split('/')[0] ?? ''
    const before = latest.get(device) ?? 0
    if (message.id < before)
      options.verdict.outOfOrder.push(`${name}: ${key} (message ${message.id}) came after ${before}`)
    latest.set(device, Math.max(before, message.id))
  }
  return new Set(ids.keys())
}

function note(tally: Tally, what: string): void {
  tally.rest.set(what, (tally.rest.get(what) ?? 0) + 1)
}

function describe(name: string, tallies: readonly Tally[]): string {
  const sum = (field: 'got' | 'again'): number => tallies.reduce((total, tally) => total + tally[field], 0)
  const rest = new Map<string, number>()
  for (const tally of tallies) for (const [what, times] of tally.rest) rest.set(what, (rest.get(what) ?? 0) + times)
  const others = [...rest].map(([what, times]) => `, ${times} ${what}`).join('')
  const again = sum('again') === 0 ? '' : `, ${sum('again')} again under the same id`
  return `${name}: got ${sum('got')}${again}${others}`
}
