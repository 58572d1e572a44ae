import { startChild } from '../child.ts'
import { emptyWorkflowRate } from '../empty-workflow-rate.ts'
import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { type Stack, startStack } from '../stack.ts'
import { secondsUntil } from '../until.ts'
import { routeEachToItsHandset } from './acted.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

/** Per second of `--seconds`: 10,000 by default. */
const MESSAGES_PER_SECOND = 2_000

/**
 * How fast a backlog drains that built up while Temporal was paused, compared with empty workflows on the same server.
 */
export const backlog: Section = {
  name: 'backlog',
  about: 'messages that came while Temporal stood still, until acted on, and until sent on as one MT each',
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const vendor = await startChild('bench-vendor')
  const stack = await startStack({ ...run, database, role: 'all', vendorPort: vendor.port })
  try {
    const drain = createDrain(run, stack)
    const plain: Record<string, number>[] = []
    const routed: Record<string, number>[] = []
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`${database}, round ${round}, no routes`)
      plain.push(await drain('processed'))
    }
    await routeEachToItsHandset(stack)
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`${database}, round ${round}, one MT each`)
      routed.push(await drain('sent'))
    }
    return [
      overRounds(`${database}, drained, no routes`, plain, '≥ 0.7 of empty'),
      overRounds(`${database}, drained, one MT each`, routed, '≥ 0.33 of empty'),
    ]
  } finally {
    await stack.stop()
    await vendor.stop()
  }
}

/** One outage: Temporal is paused, messages arrive, Temporal resumes. */
function createDrain(run: BenchRun, stack: Stack): (what: 'processed' | 'sent') => Promise<Record<string, number>> {
  const amount = run.seconds * MESSAGES_PER_SECOND
  const reached = { messages: 0, processed: 0, sent: 0 }
  return async (what) => {
    const empty = await emptyWorkflowRate({ address: stack.temporalAddress, count: 1_000, atATime: 16 })
    if (stack.temporalPid === null) throw new Error('no Temporal server')
    process.kill(stack.temporalPid, 'SIGSTOP')
    try {
      await runLoad({
        url: stack.webhookUrl,
        clients: 32,
        amount,
        firstSequence: reached.messages,
        startedAt: new Date().toISOString(),
      })
    } finally {
      process.kill(stack.temporalPid, 'SIGCONT')
    }
    reached.messages += amount
    reached.processed += amount
    if (what === 'sent') reached.sent += amount
    const seconds = await secondsUntil(stack.db, what, { atLeast: reached[what], limitSeconds: 900 })
    return { perSecond: amount / seconds, shareOfEmpty: amount / seconds / empty }
  }
}
