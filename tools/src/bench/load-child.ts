import autocannon from 'autocannon'
import { benchDelivery } from './messages.ts'

/** An order for the load generator: for a duration or for a number of deliveries. */
export interface LoadOrder {
  readonly url: string
  readonly clients: number
  readonly seconds?: number
  readonly amount?: number
  /** Deliveries per second over all clients; if absent, as fast as possible. */
  readonly perSecond?: number
  readonly firstSequence: number
  readonly startedAt: string
  /** How many modems it comes from, in turn. */
  readonly modems?: number
}

/** What it observed. `refused` counts every response other than 200 and every connection error. */
export interface LoadResult {
  readonly answered: number
  readonly refused: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly nextSequence: number
}

async function generate(order: LoadOrder): Promise<LoadResult> {
  let sequence = order.firstSequence
  const startedAt = new Date(order.startedAt)
  const began = performance.now()
  const result = await autocannon({
    url: order.url,
    connections: order.clients,
    timeout: 30,
    ...(order.amount === undefined ? { duration: order.seconds ?? 5 } : { amount: order.amount }),
    ...(order.perSecond === undefined ? {} : { overallRate: order.perSecond }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        setupRequest: (request) => ({ ...request, body: benchDelivery(sequence++, startedAt, order.modems) }),
      },
    ],
  })
  const seconds = (performance.now() - began) / 1000
  const answered = result['2xx']
  return {
    answered,
    refused: result.non2xx + result.errors,
    seconds,
    perSecond: answered / (order.amount === undefined ? result.duration : seconds),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    maxMs: result.latency.max,
    nextSequence: sequence,
  }
}

// The parent (load.ts) forks this file and speaks JSON over the IPC channel, so the shape is its own.
process.on('message', (order) => {
  void generate(order as LoadOrder).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
