import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { startStack } from '../stack.ts'
import { databasesOf, type Section } from './section.ts'

const PER_SECOND = 300

/** Webhook latency at a steady pace while the same process runs the workflows of what arrives. */
export const paced: Section = {
  name: 'paced',
  about: `webhook answers at ${PER_SECOND}/s with workflows started and run in the same process`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) {
      const stack = await startStack({ ...run, database, role: 'all' })
      try {
        const rounds: Record<string, number>[] = []
        let firstSequence = 0
        for (let round = 0; round <= run.rounds; round += 1) {
          run.progress(`${database}, round ${round === 0 ? 'to warm up' : round}`)
          const result = await runLoad({
            url: stack.webhookUrl,
            clients: 32,
            seconds: run.seconds * 2,
            perSecond: PER_SECOND,
            firstSequence,
            startedAt: new Date().toISOString(),
          })
          firstSequence = result.nextSequence
          if (result.refused > 0) throw new Error(`${result.refused} deliveries were not answered with 200`)
          if (round > 0) rounds.push({ perSecond: result.perSecond, p50Ms: result.p50Ms, p99Ms: result.p99Ms })
        }
        figures.push(overRounds(`${database}, paced at ${PER_SECOND}/s`, rounds, 'p99 ≤ 100 ms'))
      } finally {
        await stack.stop()
      }
    }
    return figures
  },
}
