import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

import { keyOf } from '../torture/receipts.ts'
import { type Pair, position, type SentMessage } from '../torture/sea.ts'
import { SECRET } from './system.ts'

/** Concurrent deliveries. */
const CONCURRENCY = 16
const REPEAT_AFTER_MS = 100
/** How long the vendor waits for a response. */
const ANSWER_WITHIN_MS = 5_000

/** The result of a stretch of deliveries. */
export interface Stretch {
  readonly sent: readonly SentMessage[]
  readonly beganAt: number
  /** Attempts that did not get a 200. */
  readonly refused: number
  /** Times of the 200 responses, in order: the gaps between them are time without service. */
  readonly answeredAt: readonly number[]
}

/** The vendor: delivers over TLS through nginx, and repeats each message until it gets a 200. */
export class Vendor {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, rejectUnauthorized: false })
  readonly #numbers = new Map<string, number>()

  constructor(port: number) {
    this.#port = port
  }

  /** Delivers messages of these buoys in turn, evenly over a time; 0: as fast as they are answered. */
  async deliver(options: {
    pairs: readonly Pair[]
    count: number
    overMs: number
    signal: AbortSignal
  }): Promise<Stretch> {
    const sent: SentMessage[] = []
    const answeredAt: number[] = []
    const beganAt = Date.now()
    let refused = 0
    let next = 0
    const line = async (): Promise<void> => {
      while (next < options.count && !options.signal.aborted) {
        const index = next
        next += 1
        const due = beganAt + (index * options.overMs) / options.count
        if (due > Date.now()) await sleep(due - Date.now())
        const pair = options.pairs[index % options.pairs.length]
        if (pair === undefined) return
        const number = this.#numbers.get(pair.imei) ?? 0
        this.#numbers.set(pair.imei, number + 1)
        const { text, transmitTime } = position(number, 0)
        const body = formOf({ imei: pair.imei, number, text, transmitTime })
        // The device's session ended with its message, so the vendor repeats the delivery until it is accepted.
        while (!(await this.#try(body))) {
          refused += 1
          if (options.signal.aborted) return
          await sleep(REPEAT_AFTER_MS)
        }
        answeredAt.push(Date.now())
        sent.push({ imei: pair.imei, key: keyOf(pair.imei, text) ?? '' })
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, line))
    return { sent, beganAt, refused, answeredAt }
  }

  close(): void {
    this.#agent.destroy()
  }

  #try(body: string): Promise<boolean> {
    return new Promise((resolve) => {
      const sending = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          method: 'POST',
          path: `/rockblock/incoming/${SECRET}`,
          agent: this.#agent,
          servername: 'paikea.example',
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          headers: {
            host: 'paikea.example',
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          },
        },
        (answer) => {
          answer.resume()
          answer.on('close', () => resolve(answer.complete && answer.statusCode === 200))
        },
      )
      sending.on('error', () => resolve(false))
      sending.end(body)
    })
  }
}

function formOf(options: { imei: string; number: number; text: string; transmitTime: string }): string {
  return new URLSearchParams({
    imei: options.imei,
    serial: options.imei.slice(-5),
    momsn: String(options.number % 65_536),
    transmit_time: options.transmitTime.slice(2, 19).replace('T', ' '),
    data: Buffer.from(options.text, 'latin1').toString('hex'),
  }).toString()
}

/** The longest time between two responses, counting gaps that begin within a stretch of time. */
export function longestGapMs(answeredAt: readonly number[], fromMs: number, toMs: number): number {
  let longest = 0
  for (let index = 1; index < answeredAt.length; index += 1) {
    const [before = 0, after = 0] = [answeredAt[index - 1], answeredAt[index]]
    if (after >= fromMs && before <= toMs) longest = Math.max(longest, after - before)
  }
  return longest
}
