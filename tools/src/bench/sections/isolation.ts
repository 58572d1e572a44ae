import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { post } from '../../services/post.ts'
import { type BenchChild, startChild } from '../child.ts'
import { type Figure, overRounds, percentile } from '../figures.ts'
import { benchDelivery, benchLatitude } from '../messages.ts'
import { type Stack, startStack } from '../stack.ts'
import { counted } from '../until.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const PER_SECOND = 20
const ENDPOINTS = 50
const HANGING = 10
const LONGEST_WAIT_S = 20

/** Time from an inbound webhook to the request at a healthy endpoint, alone and beside hanging endpoints. */
export const isolation: Section = {
  name: 'isolation',
  about: `webhook to the request at an endpoint at ${PER_SECOND}/s over ${ENDPOINTS} endpoints, then with ${HANGING} that hang`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

interface Seen {
  readonly path: string
  readonly latitude: string
  readonly atMs: number
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const receiver = await startChild('bench-receiver')
  const env = { PAIKEA_PRIVATE_TARGETS: '127.0.0.0/8' }
  const stack = await startStack({ ...run, database, role: 'all', buoys: ENDPOINTS, env })
  try {
    await routeEach(stack, `http://127.0.0.1:${receiver.port}`)
    const pace = createPace(stack, receiver, run.seconds * 4 * PER_SECOND)
    run.progress(`${database}, warming up`)
    await pace()
    const well: Record<string, number>[] = []
    for (let round = 1; round <= run.rounds; round += 1) well.push(await pace())
    await ask(receiver, { mute: Array.from({ length: HANGING }, (_, index) => `/${index}`) })
    run.progress(`${database}, ${HANGING} hang`)
    const beside: Record<string, number>[] = []
    for (const alone of well) {
      const figure = await pace()
      beside.push({ ...figure, p99ShareOfAlone: (figure['p99Ms'] ?? 0) / (alone['p99Ms'] ?? 1) })
    }
    const others = ENDPOINTS - HANGING
    return [
      overRounds(`${database}, ${others} endpoints, all well`, well, 'p99 ≤ 300 ms'),
      overRounds(`${database}, the same ${others} beside ${HANGING} that hang`, beside, '≤ 1.25 of alone'),
    ]
  } finally {
    await stack.stop()
    await receiver.stop()
  }
}

/** One round: messages at a steady pace, and each one's latency to endpoints that never hang. */
function createPace(stack: Stack, receiver: BenchChild, count: number): () => Promise<Record<string, number>> {
  let first = 0
  return async () => {
    const sentAt = new Map<string, number>()
    const latencies: number[] = []
    const startedAt = new Date()
    const expected = Array.from({ length: count }, (_, index) => first + index).filter(isToWell).length
    const began = performance.now()
    for (let index = 0; index < count; index += 1) {
      const sequence = first + index
      await sleep(Math.max(0, began + (index * 1000) / PER_SECOND - performance.now()))
      if (isToWell(sequence)) sentAt.set(benchLatitude(sequence, ENDPOINTS), performance.timeOrigin + performance.now())
      void fetch(stack.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: benchDelivery(sequence, startedAt, ENDPOINTS),
      }).then((answer) => answer.text())
    }
    for (let tries = 0; tries < LONGEST_WAIT_S * 10 && latencies.length < expected; tries += 1) {
      await sleep(100)
      for (const { latitude, atMs } of await ask(receiver, {})) {
        const sent = sentAt.get(latitude)
        if (sent === undefined) continue
        sentAt.delete(latitude)
        latencies.push(atMs - sent)
      }
    }
    first += count
    if (latencies.length < expected) {
      const rest = await describeRest(stack)
      throw new Error(`${latencies.length} of ${expected} came within ${LONGEST_WAIT_S} s: ${rest}`)
    }
    return { p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
  }
}

/** Describes the state of everything that should have arrived. */
async function describeRest({ db }: Stack): Promise<string> {
  const [processed, stored] = [await counted.processed(db), await db.models.InboundMessage.count()]
  const open = await db.models.OutboundMessage.findAll({ attributes: ['state', 'lane', 'reasonCode', 'waiting'] })
  const kinds = new Map<string, number>()
  for (const { state, lane, reasonCode, waiting } of open) {
    const kind = `${state} ${lane} ${reasonCode ?? ''}${waiting ? ' waits' : ''}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return JSON.stringify({ stored, processed, ...Object.fromEntries(kinds) })
}

/** The first endpoints are those that will hang. */
function isToWell(sequence: number): boolean {
  return sequence % ENDPOINTS >= HANGING
}

async function ask(receiver: BenchChild, message: object): Promise<readonly Seen[]> {
  const answer = once(receiver.process, 'message')
  receiver.process.send(message)
  const [{ seen }] = (await answer) as [{ seen: readonly Seen[] }] // our own program, our own shape
  return seen
}

/** Gives each of the first buoys its own webhook. */
async function routeEach(stack: Stack, receiverUrl: string): Promise<void> {
  const headers = { authorization: `Bearer ${stack.token}` }
  for (const [index, iam] of stack.buoys.entries()) {
    const made = await post(
      `${stack.baseUrl}/v1/endpoints`,
      { kind: 'webhook', url: `${receiverUrl}/${index}` },
      headers,
    )
    const { id: endpointId } = (await made.json()) as { id: number } // the contract's shape
    const route = { source: { kind: 'buoy', iam }, messageType: 'any', target: { endpointId } }
    await post(`${stack.baseUrl}/v1/routes`, route, headers)
  }
}
