import { setTimeout as sleep } from 'node:timers/promises'

import { post } from '../services/post.ts'
import type { Random } from './random.ts'
import { keyOf } from './receipts.ts'

/** A buoy and the handset that follows it. */
export interface Pair {
  readonly imei: string
  readonly handsetImei: string
}

/** A message as a device sent it. */
export interface SentMessage {
  readonly imei: string
  readonly key: string
}

const STYLES = ['json', 'form', 'cloudloop'] as const
const MT_FAULTS = ['timeout', 'reset', 'reset-after-accept', 'system-error', 'server-error', 'unavailable'] as const

/** The buoys and handsets of a run. */
export function pairsOf(count: number): Pair[] {
  const number = (index: number): string => String(index).padStart(4, '0')
  return Array.from({ length: count }, (_, index) => ({
    imei: `30043400010${number(index)}`,
    handsetImei: `30043400020${number(index)}`,
  }))
}

/** Puts the devices to sea: they send only on command. */
export async function launchDevices(simulatorUrl: string, pairs: readonly Pair[]): Promise<void> {
  for (const [index, { imei, handsetImei }] of pairs.entries()) {
    const webhook = STYLES[index % STYLES.length]
    await post(`${simulatorUrl}/sim/devices`, { kind: 'buoy', imei, webhook }, {})
    await post(`${simulatorUrl}/sim/devices`, { kind: 'handset', imei: handsetImei }, {})
  }
}

/**
 * Has the buoys send, evenly over a time, while the vendor is at its worst: copies, hours of delay, reordering, and
 * responses to outbound sends that never come. @returns what the devices sent
 */
export async function sendMessages(options: {
  readonly simulatorUrl: string
  readonly pairs: readonly Pair[]
  readonly count: number
  readonly overMs: number
  readonly random: Random
  /** Ends it early: nothing more is sent. */
  readonly signal: AbortSignal
}): Promise<SentMessage[]> {
  const { random, pairs } = options
  const sent: SentMessage[] = []
  const numbers = new Map<string, number>()
  const beganAt = Date.now()
  for (let index = 0; index < options.count && !options.signal.aborted; index += 1) {
    const due = beganAt + (index * options.overMs) / options.count
    if (due > Date.now()) await sleep(due - Date.now())
    if (random.happens(0.06)) await order(options.simulatorUrl, aFault(random))
    const { imei } = random.pick(pairs)
    const number = numbers.get(imei) ?? 0
    numbers.set(imei, number + 1)
    const message = position(number, howLate(random))
    // The vendor repeats a message up to seven times.
    const times = random.happens(0.04) ? random.int(2, 7) : 1
    for (let time = 0; time < times; time += 1) {
      await insist(`${options.simulatorUrl}/sim/devices/${imei}/send`, { ...message, momsn: number % 65_536 })
    }
    sent.push({ imei, key: keyOf(imei, message.text) ?? '' })
  }
  return sent
}

/** A position that no other message of its device has: each a little further on. */
export function position(number: number, lateMs: number): { readonly text: string; readonly transmitTime: string } {
  const minutes = ((number % 600_000) / 10_000).toFixed(4).padStart(7, '0')
  const at = new Date(Date.now() - lateMs).toISOString()
  const utc = at.slice(11, 19).replaceAll(':', '')
  const text = `PK101;lat:37${minutes},NS:N,lon:12216.6021,EW:W,utc:${utc},batt:4.2,int:20,sl:0,st:0`
  return { text, transmitTime: `${at.slice(0, 19)}.000Z` }
}

/** Most are current, some hours old. */
function howLate(random: Random): number {
  return random.happens(0.08) ? random.int(60_000, 5 * 3_600_000) : 0
}

function aFault(random: Random): object {
  switch (random.int(0, 4)) {
    case 0:
      return { webhook: 'duplicate', count: random.int(1, 5) }
    case 1:
      return { webhook: 'delay', seconds: random.int(60, 7_200), count: random.int(1, 3) }
    case 2:
      return { webhook: 'reorder', count: random.int(2, 8) }
    default:
      return { mt: random.pick(MT_FAULTS), count: 1 }
  }
}

/** A fault gets one attempt: the simulator may be down itself. */
async function order(simulatorUrl: string, fault: object): Promise<void> {
  await attempt(`${simulatorUrl}/sim/faults`, fault)
}

/** A device sends until its session is complete; repeated under the same number it is the same message. */
async function insist(url: string, body: object): Promise<void> {
  const end = Date.now() + 180_000
  while (!(await attempt(url, body))) {
    if (Date.now() > end) throw new Error(`${url} took nothing for three minutes`)
    await sleep(100)
  }
}

async function attempt(url: string, body: object): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    })
    const text = await response.text()
    if (response.status >= 400 && response.status < 500) throw new RefusedError(`${url}: ${response.status} ${text}`)
    return response.ok
  } catch (error) {
    if (error instanceof RefusedError) throw error
    return false
  }
}

/** A fault of the torture run itself. */
class RefusedError extends Error {
  override readonly name = 'RefusedError'
}
