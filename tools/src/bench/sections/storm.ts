import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { residentMegabytes } from '../machine.ts'
import { startStack } from '../stack.ts'
import { secondsUntil } from '../until.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const MESSAGES = 10_000

/** Ten thousand deliveries as fast as possible: time until answered, readable and processed, and the memory used. */
export const storm: Section = {
  name: 'storm',
  about: `a storm of ${MESSAGES} deliveries, API and worker in one process`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) {
      const rounds: Record<string, number>[] = []
      for (let round = 1; round <= run.rounds; round += 1) {
        run.progress(`${database}, round ${round}`)
        rounds.push(await measureOne(run, database))
      }
      const goal = 'readable ≤ 1 s after the last answer, acted on ≤ 150 s, ≤ 500 MB'
      figures.push(overRounds(`${database}, storm of ${MESSAGES}`, rounds, goal))
    }
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Record<string, number>> {
  const stack = await startStack({ ...run, database, role: 'all' })
  try {
    const result = await runLoad({
      url: stack.webhookUrl,
      clients: 32,
      amount: MESSAGES,
      firstSequence: 0,
      startedAt: new Date().toISOString(),
    })
    const readableSeconds = await secondsUntil(stack.db, 'reports', { atLeast: MESSAGES, limitSeconds: 30 })
    const afterAnswers = await secondsUntil(stack.db, 'processed', { atLeast: MESSAGES, limitSeconds: 300 })
    return {
      answeredPerSecond: result.perSecond,
      p99Ms: result.p99Ms,
      readableAfterSeconds: readableSeconds,
      actedOnAfterSeconds: readableSeconds + afterAnswers,
      residentMb: residentMegabytes(stack.pid),
    }
  } finally {
    await stack.stop()
  }
}
