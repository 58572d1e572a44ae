import { startChild } from '../child.ts'
import { emptyWorkflowRate } from '../empty-workflow-rate.ts'
import { type Figure, overRounds } from '../figures.ts'
import { idleWorkflowRate } from '../idle-workflow-rate.ts'
import { runLoad } from '../load.ts'
import { post } from '../../services/post.ts'
import { type Stack, startStack } from '../stack.ts'
import { secondsUntil } from '../until.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

const MESSAGES = 1_500
const AT_A_TIME = 16

/**
 * Messages per second until processed, and until forwarded to another modem; compared with empty workflows on the same
 * server, and with our own that have nothing to do.
 */
export const acted: Section = {
  name: 'acted',
  about: `${MESSAGES} messages until acted on, and with one routed MT each, beside empty workflows on the same server`,
  async measure(run) {
    const figures: Figure[] = []
    for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database)))
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb'): Promise<Figure[]> {
  const vendor = await startChild('bench-vendor')
  try {
    const stack = await startStack({ ...run, database, role: 'all', vendorPort: vendor.port })
    try {
      return await measureOn(run, database, stack)
    } finally {
      await stack.stop()
    }
  } finally {
    await vendor.stop()
  }
}

async function measureOn(run: BenchRun, database: 'sqlite' | 'mariadb', stack: Stack): Promise<Figure[]> {
  const empty: Record<string, number>[] = []
  const idle: Record<string, number>[] = []
  const plain: Record<string, number>[] = []
  const routed: Record<string, number>[] = []
  let done = 0
  const deliver = async (what: 'processed' | 'sent', atLeast: number): Promise<number> => {
    const began = performance.now()
    await runLoad({
      url: stack.webhookUrl,
      clients: 32,
      amount: MESSAGES,
      firstSequence: done,
      startedAt: new Date().toISOString(),
    })
    done += MESSAGES
    await secondsUntil(stack.db, what, { atLeast, limitSeconds: 300 })
    return MESSAGES / ((performance.now() - began) / 1000)
  }
  const amount = { address: stack.temporalAddress, count: MESSAGES, atATime: AT_A_TIME }
  const emptyRate = (): Promise<number> => emptyWorkflowRate(amount)
  run.progress(`${database}, warming up`)
  await deliver('processed', done + MESSAGES)
  await emptyRate()
  await idleWorkflowRate(amount)
  for (let round = 1; round <= run.rounds; round += 1) {
    run.progress(`${database}, round ${round}, acted on`)
    const rate = await emptyRate()
    const idleRate = await idleWorkflowRate(amount)
    const perSecond = await deliver('processed', done + MESSAGES)
    empty.push({ perSecond: rate })
    idle.push({ perSecond: idleRate, shareOfEmpty: idleRate / rate })
    plain.push({ perSecond, shareOfEmpty: perSecond / rate, shareOfIdle: perSecond / idleRate })
  }
  await routeEachToItsHandset(stack)
  for (let round = 1; round <= run.rounds; round += 1) {
    run.progress(`${database}, round ${round}, with one routed MT`)
    const rate = await emptyRate()
    const perSecond = await deliver('sent', round * MESSAGES)
    empty.push({ perSecond: rate })
    routed.push({ perSecond, shareOfEmpty: perSecond / rate })
  }
  return [
    overRounds(`empty workflows, ${AT_A_TIME} at a time (beside ${database})`, empty),
    overRounds(`our workflow with nothing to do (beside ${database})`, idle),
    overRounds(`${database}, until acted on`, plain, '≥ 0.8 of empty'),
    overRounds(`${database}, until sent on as one MT`, routed, '≥ 0.4 of empty'),
  ]
}

/** Routes every buoy to a handset of its own. */
export async function routeEachToItsHandset(stack: Stack): Promise<void> {
  const headers = { authorization: `Bearer ${stack.token}` }
  for (const [index, iam] of stack.buoys.entries()) {
    const handsetImei = `3008880000${String(index).padStart(5, '0')}`
    await post(`${stack.baseUrl}/v1/devices`, { kind: 'handset', imei: handsetImei }, headers)
    await post(
      `${stack.baseUrl}/v1/routes`,
      { source: { kind: 'buoy', iam }, messageType: 'any', target: { kind: 'modem', imei: handsetImei } },
      headers,
    )
  }
}
