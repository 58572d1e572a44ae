import { startChild } from '../child.ts'
import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { startStack, type Stack } from '../stack.ts'
import { databasesOf, type BenchRun, type Section } from './section.ts'

const CLIENTS = [8, 32, 128]
const SHARE_OF_BARE = { mariadb: 0.25, sqlite: 0.18 }

/**
 * Webhook responses per second with the message decoded and durable, without workflows, compared with a bare Koa in the
 * same rounds.
 */
export const answers: Section = {
  name: 'answers',
  about: 'webhook answers (decoded, durable, Temporal away), beside a bare Koa that stores nothing',
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const bare = await startChild('bare-koa')
  try {
    const stack = await startStack({ ...run, database, role: 'api' })
    try {
      return await compare(run, database, { bareUrl: `http://127.0.0.1:${bare.port}/rockblock/incoming/x`, stack })
    } finally {
      await stack.stop()
    }
  } finally {
    await bare.stop()
  }
}

async function compare(
  run: BenchRun,
  database: 'sqlite' | 'mariadb',
  { bareUrl, stack }: { readonly bareUrl: string; readonly stack: Stack },
): Promise<Figure[]> {
  const ours = new Map<number, Record<string, number>[]>()
  const theirs = new Map<number, Record<string, number>[]>()
  let firstSequence = 0
  const startedAt = new Date().toISOString()
  const load = async (url: string, clients: number, seconds: number): Promise<Record<string, number>> => {
    const result = await runLoad({ url, clients, seconds, firstSequence, startedAt })
    // A load that nobody stores must leave no gap: buoys that jump would be judged twice.
    if (url !== bareUrl) firstSequence = result.nextSequence
    if (result.refused > 0) throw new Error(`${result.refused} deliveries were not answered with 200`)
    return { perSecond: result.perSecond, p50Ms: result.p50Ms, p99Ms: result.p99Ms, maxMs: result.maxMs }
  }
  // A warm-up each: JIT compilers and caches settle, which takes the server some ten thousand messages.
  await load(stack.webhookUrl, 32, 5)
  await load(bareUrl, 32, 1)
  for (let round = 1; round <= run.rounds; round += 1)
    for (const clients of CLIENTS) {
      run.progress(`${database}, round ${round}, ${clients} clients`)
      const bareResult = await load(bareUrl, clients, run.seconds)
      const result = await load(stack.webhookUrl, clients, run.seconds)
      const shareOfBare = (result['perSecond'] ?? 0) / (bareResult['perSecond'] ?? 1)
      push(theirs, clients, bareResult)
      push(ours, clients, { ...result, shareOfBare })
    }
  const goal = `≥ 3000/s, p99 ≤ 50 ms, ≥ ${SHARE_OF_BARE[database]} of bare`
  return CLIENTS.flatMap((clients) => [
    overRounds(`bare Koa, ${clients} clients (beside ${database})`, theirs.get(clients) ?? []),
    overRounds(`${database}, ${clients} clients`, ours.get(clients) ?? [], clients === 32 ? goal : undefined),
  ])
}

function push<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  map.set(key, [...(map.get(key) ?? []), value])
}
