import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, overRounds, percentile } from '../figures.ts'
import { benchDelivery, benchImei, BENCH_MODEMS } from '../messages.ts'
import { startStack, type Stack } from '../stack.ts'
import { databasesOf, type BenchRun, type Section } from './section.ts'

const PER_SECOND = 50

/** Time from sending a webhook to its event on an open page, with workflows running. */
export const event: Section = {
  name: 'event',
  about: `webhook to the event on an open page, at ${PER_SECOND}/s, workflows running`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) {
      const stack = await startStack({ ...run, database, role: 'all' })
      try {
        const rounds: Record<string, number>[] = []
        let sequence = 0
        for (let round = 0; round <= run.rounds; round += 1) {
          run.progress(`${database}, round ${round === 0 ? 'to warm up' : round}`)
          const { latenciesMs, next } = await measureOne(run, stack, sequence)
          sequence = next
          const figure = { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) }
          if (round > 0) rounds.push({ events: latenciesMs.length, ...figure })
        }
        figures.push(overRounds(`${database}, webhook to event at ${PER_SECOND}/s`, rounds, 'p99 ≤ 200 ms'))
      } finally {
        await stack.stop()
      }
    }
    return figures
  },
}

async function measureOne(
  run: BenchRun,
  stack: Stack,
  firstSequence: number,
): Promise<{ readonly latenciesMs: number[]; readonly next: number }> {
  const startedAt = new Date()
  const count = run.seconds * 2 * PER_SECOND
  const sentAt = new Map<string, number>()
  const latenciesMs: number[] = []
  const abort = new AbortController()
  const response = await fetch(`${stack.baseUrl}/v1/events`, {
    headers: { authorization: `Bearer ${stack.token}` },
    signal: abort.signal,
  })
  const reading = readReports(response, (imei) => {
    const at = sentAt.get(imei)
    if (at === undefined) return false
    sentAt.delete(imei)
    latenciesMs.push(performance.now() - at)
    return latenciesMs.length >= count
  })
  const began = performance.now()
  for (let index = 0; index < count; index += 1) {
    const sequence = firstSequence + index
    await sleep(Math.max(0, began + (index * 1000) / PER_SECOND - performance.now()))
    // A modem's next turn comes seconds later: by then its event has arrived, or counts as missing.
    sentAt.set(benchImei(sequence % BENCH_MODEMS), performance.now())
    void fetch(stack.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: benchDelivery(sequence, startedAt),
    }).then((answer) => answer.text())
  }
  await Promise.race([reading, sleep(10_000)])
  abort.abort()
  await reading.catch(() => undefined)
  if (latenciesMs.length < count) throw new Error(`${latenciesMs.length} events for ${count} webhooks`)
  return { latenciesMs, next: firstSequence + count }
}

/** Reads server-sent events and reports the modem of each report, until `onReport` says it has enough. */
async function readReports(response: Response, onReport: (imei: string) => boolean): Promise<void> {
  if (response.body === null) throw new Error('no body')
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const imei = line.includes('"hasFix"') ? /"imei":"(\d+)"/.exec(line)?.[1] : undefined
      if (imei !== undefined && onReport(imei)) return
    }
  }
}
