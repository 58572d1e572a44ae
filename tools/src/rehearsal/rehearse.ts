import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '@paikea/database'

import { temporalCli } from '../binaries/binary-spec.ts'
import { findBinary } from '../binaries/find-binary.ts'
import { waitFor } from '../services/wait-for.ts'
import { count, isClean } from '../torture/count.ts'
import { readDeliveries, readMts, readStored } from '../torture/evidence.ts'
import { createRandom } from '../torture/random.ts'
import { startReceivers } from '../torture/receivers.ts'
import { launchDevices, pairsOf, type SentMessage } from '../torture/sea.ts'
import { type RehearsalSystem, startRehearsalSystem } from './system.ts'
import { killOneOfEach, KILLS } from './kills.ts'
import { residentBytes, tableBytes } from './mariadb-pair.ts'
import type { RehearsalOptions } from './options.ts'
import { reportKills, reportSizes } from './report.ts'
import { buildRoutes } from './routes.ts'
import { buildTemporal } from './temporal-programs.ts'
import { countOpen, type MessageTimes, readTimes } from './times.ts'
import { type Stretch, Vendor } from './vendor.ts'

/** Every n-th buoy is also followed by a handset, whose deliveries each cost a workflow. */
const FOLLOWED_EVERY = 10
/** Under kills, messages arrive at this share of the measured rate, so that any backlog is due to a kill. */
const SHARE_OF_RATE = 0.7

/** The outcome of a run. */
export interface RehearsalResult {
  readonly isClean: boolean
  /** Kept, with logs; `null`: removed. */
  readonly folder: string | null
}

/** One run, from an empty folder to the count. @throws Error if a part cannot be started at all */
export async function rehearse(options: RehearsalOptions, say: (line: string) => void): Promise<RehearsalResult> {
  const began = Date.now()
  const folder = await mkdtemp(join(tmpdir(), 'paikea-rehearsal-'))
  const limit = AbortSignal.timeout(options.minutes * 60_000)
  say(`seed ${options.seed}: ${options.messages} messages under kills, ${options.calm} before; ${folder}`)
  const cli = await findBinary(temporalCli, { onProgress: say })
  const programs = await buildTemporal(say)
  const system = await startRehearsalSystem({ folder, cli, programs, say, memoryOf: residentBytes })
  let isGood = false
  try {
    say(`all is up after ${seconds(began)} s`)
    isGood = await run({ options, system, limit, say })
    say(`took ${seconds(began)} s`)
  } finally {
    await system.stop()
    await system.remove()
  }
  if (!isGood || options.keeps) return { isClean: isGood, folder }
  await rm(folder, { recursive: true, force: true })
  return { isClean: true, folder: null }
}

async function run(r: {
  readonly options: RehearsalOptions
  readonly system: RehearsalSystem
  readonly limit: AbortSignal
  readonly say: (line: string) => void
}): Promise<boolean> {
  const { options, system, limit, say } = r
  const random = createRandom(options.seed)
  const receivers = await startReceivers(random.fork())
  const vendor = new Vendor(system.httpsPort)
  const db = await openDatabase({ uri: system.uri })
  try {
    const pairs = pairsOf(options.buoys)
    const followed = pairs.filter((_pair, index) => index % FOLLOWED_EVERY === 0)
    await launchDevices(system.simulatorUrl, followed)
    const { apiUrl, token } = system
    const addressees = await buildRoutes({ apiUrl, token, pairs, followed, receiverUrl: receivers.url })
    const sent: SentMessage[] = []
    const calm = async (name: string): Promise<number> => {
      const afterId = await highestId(db)
      const stretch = await vendor.deliver({ pairs, count: options.calm, overMs: 0, signal: limit })
      sent.push(...stretch.sent)
      await settle(db, limit)
      const rates = ratesOf(stretch, await readTimes(db, afterId))
      say(`${name}: ${rates.text}`)
      return rates.acted
    }
    const ofOne = await calm('one API process, one worker')
    await system.grow()
    const ofTwo = await calm('two of each')
    say(`two of each act on ${(ofTwo / ofOne).toFixed(2)} times as many`)

    const afterId = await highestId(db)
    const perSecond = SHARE_OF_RATE * ofTwo
    const overMs = Math.max((options.messages / perSecond) * 1000, KILLS * options.gapMs)
    const gapMs = Math.max(options.gapMs, overMs / KILLS)
    say(`${options.messages} messages over ${Math.round(overMs / 1000)} s, a kill every ${Math.round(gapMs / 1000)} s`)
    const [stretch, kills] = await Promise.all([
      vendor.deliver({ pairs, count: options.messages, overMs, signal: limit }),
      killOneOfEach({ victims: system.victims, random: random.fork(), gapMs, signal: limit, say }),
    ])
    sent.push(...stretch.sent)
    await settle(db, limit)
    const times = await readTimes(db, afterId)
    say(`under kills: ${ratesOf(stretch, times).text}; ${stretch.refused} tries were not answered 200`)
    reportKills({ kills, stretch, times }, say)
    reportSizes(
      {
        memory: system.memory(),
        messages: sent.length,
        mariaDbBytes: await tableBytes(system.uri),
        temporalBytes: Number(
          await system.postgres.ask('temporal', 'SELECT SUM(pg_database_size(datname)) FROM pg_database'),
        ),
        workflows: Number(
          await system.postgres.ask('temporal_visibility', 'SELECT COUNT(*) FROM executions_visibility'),
        ),
      },
      say,
    )
    say(await replicaLine(system, db))

    const mts = await readMts(system.simulatorUrl, followed)
    const receipts = new Map(
      addressees.map((one) => [
        one.endpointId,
        one.manner === 'modem' ? (mts.get(one.name.replace('modem ', '')) ?? []) : receivers.got('/well'),
      ]),
    )
    const [stored, deliveries] = [await readStored(db), await readDeliveries(db)]
    const verdict = count({ sent, stored, deliveries, addressees, receipts })
    for (const line of verdict.lines) say(line)
    const { lost, doubled, outOfOrder, unaccounted } = verdict
    for (const line of [lost, doubled, outOfOrder, unaccounted].flatMap((list) => list.slice(0, 20)))
      say(`WRONG ${line}`)
    for (const { name, endedByItself } of system.victims.values())
      if (endedByItself > 0) say(`${name} ended ${endedByItself} times by itself`)
    say(
      `lost ${lost.length}, doubled ${doubled.length}, out of order ${outOfOrder.length}, unaccounted ${unaccounted.length}`,
    )
    return isClean(verdict) && !limit.aborted
  } finally {
    vendor.close()
    await db.close()
    await receivers.close()
  }
}

/** Waits until no work is left, or time runs out. */
async function settle(db: Database, limit: AbortSignal): Promise<void> {
  let quiet = 0
  while (quiet < 3 && !limit.aborted) {
    const open = await countOpen(db).catch(() => null)
    quiet = open === 0 ? quiet + 1 : 0
    await sleep(500)
  }
}

async function highestId(db: Database): Promise<number> {
  return Number((await db.models.InboundMessage.max('id')) ?? 0)
}

function ratesOf(stretch: Stretch, times: readonly MessageTimes[]): { readonly acted: number; readonly text: string } {
  const answered = perSecond(stretch.beganAt, stretch.answeredAt)
  const acted = perSecond(
    stretch.beganAt,
    times.flatMap(({ actedAt }) => actedAt ?? []),
  )
  return { acted, text: `${times.length} messages, answered ${answered.toFixed(0)}/s, acted on ${acted.toFixed(1)}/s` }
}

function perSecond(fromMs: number, times: readonly number[]): number {
  const last = times.reduce((latest, at) => Math.max(latest, at), fromMs + 1)
  return (times.length * 1000) / (last - fromMs)
}

/** Whether the replica has caught up and is being read. */
async function replicaLine({ apiUrl, token, readUri }: RehearsalSystem, db: Database): Promise<string> {
  const wanted = await db.models.InboundMessage.count()
  const replica = await openDatabase({ uri: readUri })
  const hasAll = await waitFor(async () => (await replica.models.InboundMessage.count()) === wanted, {
    limitMs: 60_000,
  })
  await replica.close()
  const answer = await fetch(`${apiUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const lag = /^paikea_replica_lag_seconds (\S+)/m.exec(await answer.text())?.[1]
  return `replica: ${hasAll ? `all ${wanted} messages` : 'NOT all messages'}, read by api-1 with a lag of ${lag ?? 'unknown'} s`
}

function seconds(sinceMs: number): number {
  return Math.round((Date.now() - sinceMs) / 1000)
}
