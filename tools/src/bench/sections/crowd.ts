import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, median, overRounds, percentile } from '../figures.ts'
import { processorMilliseconds, residentMegabytes, watchMemory } from '../machine.ts'
import { BENCH_MODEMS } from '../messages.ts'
import { seedFleet } from '../seed-fleet.ts'
import { startStack, type Stack } from '../stack.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const DEVICES = 10_023
const ALONE = 7
const AT_ONCE = 60
const RETRYING = 40
const RETRY_MS = 2_000
const RETRY_FOR_MS = 20_000

/** The whole fleet as one response: to a single reader, to a concurrent crowd, and to a crowd that keeps asking. */
export const crowd: Section = {
  name: 'crowd',
  about: `GET /v1/fleet of ${DEVICES} devices: one alone, ${AT_ONCE} at once, ${RETRYING} that ask every ${RETRY_MS / 1000} s`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const stack = await startStack({ ...run, database, role: 'api' })
  try {
    run.progress(`${database}, writing ${DEVICES} devices`)
    const [group] = await stack.db.models.Group.findAll({ limit: 1 })
    await seedFleet(stack.db, { devices: DEVICES - BENCH_MODEMS, groupId: group?.id ?? 1 })
    await askOnce(stack)
    const alone: Record<string, number>[] = []
    const together: Record<string, number>[] = []
    const again: Record<string, number>[] = []
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`${database}, round ${round}`)
      alone.push(await askAlone(stack))
      together.push(await askTogether(stack))
      again.push(await askAgainAndAgain(stack))
    }
    return [
      overRounds(`${database}, one alone`, alone, '≤ half of 580–830 ms'),
      overRounds(`${database}, ${AT_ONCE} at once`, together, 'all answered ≤ 3 s, ≤ 150 MB above idle'),
      overRounds(`${database}, ${RETRYING} that ask again for ${RETRY_FOR_MS / 1000} s`, again),
    ]
  } finally {
    await stack.stop()
  }
}

async function askAlone(stack: Stack): Promise<Record<string, number>> {
  const times: number[] = []
  let megabytes = 0
  const before = processorMilliseconds(stack.pid)
  for (let index = 0; index < ALONE; index += 1) {
    const { ms, bytes } = await askOnce(stack)
    times.push(ms)
    megabytes = bytes / 1e6
  }
  const processorMs = (processorMilliseconds(stack.pid) - before) / ALONE
  return { p50Ms: median(times), maxMs: Math.max(...times), processorMs, megabytes }
}

async function askTogether(stack: Stack): Promise<Record<string, number>> {
  await sleep(2_000)
  const idleMb = residentMegabytes(stack.pid)
  const watch = watchMemory(stack.pid)
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => askOnce(stack)))
  await sleep(500)
  const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms)
  return {
    answered: times.length,
    p50Ms: percentile(times, 0.5),
    maxMs: Math.max(...answers.map(({ ms }) => ms)),
    idleMb,
    peakAboveIdleMb: watch.stop() - idleMb,
  }
}

async function askAgainAndAgain(stack: Stack): Promise<Record<string, number>> {
  const until = performance.now() + RETRY_FOR_MS
  const times: number[] = []
  let refused = 0
  const watch = watchMemory(stack.pid)
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const { status, ms } = await askOnce(stack)
      if (status === 200) times.push(ms)
      else refused += 1
      await sleep(RETRY_MS)
    }
  }
  await Promise.all(Array.from({ length: RETRYING }, client))
  return { answered: times.length, refused, p50Ms: percentile(times, 0.5), peakMb: watch.stop() }
}

/** On its own connection, as separate users would; the body is read and discarded. */
function askOnce({ baseUrl, token }: Stack): Promise<{ readonly status: number; readonly ms: number; bytes: number }> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const headers = { authorization: `Bearer ${token}` }
    get(`${baseUrl}/v1/fleet`, { agent, headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began, bytes }))
      response.on('error', reject)
    }).on('error', reject)
  })
}
