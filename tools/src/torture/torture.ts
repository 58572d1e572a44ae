import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@paikea/database'

import { temporalCli } from '../binaries/binary-spec.ts'
import { findBinary } from '../binaries/find-binary.ts'
import { freePort } from '@paikea/firmware/testing'
import { prepareMariaDb } from '../services/private-mariadb.ts'
import { startSqsServer } from '../services/sqs-server.ts'
import { isListening, waitFor } from '../services/wait-for.ts'
import { type Clocks, createClocks } from './clocks.ts'
import { count, type Evidence, isClean, type Verdict } from './count.ts'
import { readDeliveries, readMts, readRemainder, readStored } from './evidence.ts'
import { startTortureSystem, type TortureSystem } from './system.ts'
import type { TortureOptions } from './options.ts'
import { type Disruption, planBlows } from './plan.ts'
import { createRandom } from './random.ts'
import { startReceivers } from './receivers.ts'
import { type Addressee, buildRoutes } from './routes.ts'
import { launchDevices, pairsOf, sendMessages, type SentMessage } from './sea.ts'
import { startSqsReader } from './sqs-reader.ts'

/** Maximum number of buoys. */
const BUOYS = 20
/** In a short run. More per buoy take longer: everything a buoy sends after a failed message waits for it. */
const MESSAGES_A_BUOY = 10
/** Parts whose clock is changed; the database's and Temporal's stay correct. */
const WITH_CLOCKS = ['server', 'api', 'worker-1', 'worker-2']
/** Message rate while there are no disruptions. */
const CALM_PER_SECOND = 10

/** The outcome of a run. */
export interface TortureResult {
  readonly isClean: boolean
  /** Kept, with logs and databases; `null`: removed. */
  readonly folder: string | null
}

/** One run, from an empty folder to the count. @throws Error if a part cannot be started at all */
export async function torture(options: TortureOptions, say: (line: string) => void): Promise<TortureResult> {
  const began = Date.now()
  const folder = await mkdtemp(join(tmpdir(), 'paikea-torture-'))
  const closing: (() => Promise<unknown>)[] = []
  const atEnd = <Thing>(thing: Thing, close: (thing: Thing) => Promise<unknown>): Thing => {
    closing.push(() => close(thing))
    return thing
  }
  let verdict: Verdict | null = null
  try {
    say(`seed ${options.seed}: ${options.messages} messages, ${options.kills} kills, ${options.database}; ${folder}`)
    const random = createRandom(options.seed)
    const [blowRandom, seaRandom, moods] = [random.fork(), random.fork(), random.fork()]
    const cli = await findBinary(temporalCli, { onProgress: say })
    const sqsUrl = options.sqsUrl ?? (await startQueues(say, closing))
    const files = options.database === 'mariadb' ? await prepareMariaDb() : null
    if (options.database === 'mariadb' && files === null) throw new Error('no MariaDB server is installed')
    if (files !== null) atEnd(files, () => rm(files.folder, { recursive: true, force: true }))
    const clocks = options.clocks === 0 ? null : await createClocks(join(folder, 'clocks'), WITH_CLOCKS)
    const system = atEnd(
      await startTortureSystem({ folder, temporalCli: cli, mariadb: files, sqsUrl, clocks, say }),
      (it) => it.stop(),
    )
    const receivers = atEnd(await startReceivers(moods), (it) => it.close())
    await waitForQueues(sqsUrl)
    const queue = atEnd(await startSqsReader(sqsUrl, `${basename(folder)}.fifo`), (it) => it.close())
    const pairs = pairsOf(Math.min(BUOYS, Math.max(2, Math.ceil(options.messages / MESSAGES_A_BUOY))))
    await launchDevices(system.simulatorUrl, pairs)
    const deadUrl = `http://127.0.0.1:${await freePort()}`
    const addresses = { queueUrl: queue.queueUrl, receiversUrl: receivers.url, deadUrl }
    const addressees = await buildRoutes({ apiUrl: system.apiUrl, token: system.token, pairs, ...addresses })
    say(`all is up after ${seconds(began)} s`)

    const disruptions = planBlows(blowRandom, {
      aims: system.aims,
      kills: options.kills,
      clocks: options.clocks,
      gapMs: options.gapMs,
    })
    const planMs = disruptions.reduce((sum, { afterMs }) => sum + afterMs, 0)
    const overMs = Math.max(planMs, (options.messages / CALM_PER_SECOND) * 1000 * (options.kills === 0 ? 1 : 0))
    const limit = AbortSignal.timeout(Math.max(1, options.minutes * 60_000 - (Date.now() - began)))
    const [sent] = await Promise.all([
      sendMessages({ ...system, pairs, count: options.messages, overMs, random: seaRandom, signal: limit }),
      disrupt(system, disruptions, { signal: limit, clocks, say }),
    ])
    say(`all sent after ${seconds(began)} s; waiting until all is done`)
    await fetch(`${system.simulatorUrl}/sim/faults`, { method: 'DELETE' })
    const evidence = await settle({ system, sent, addressees, limit, say })
    const mts = await readMts(system.simulatorUrl, pairs)
    const receipts = new Map(
      addressees.map((one) => [
        one.endpointId,
        one.manner === 'modem'
          ? (mts.get(one.name.replace('modem ', '')) ?? [])
          : one.name === 'queue'
            ? queue.got
            : receivers.got(pathOf(one)),
      ]),
    )
    verdict = count({ ...evidence, receipts })
    report(verdict, { o: options, system, disruptions, took: seconds(began), say })
  } finally {
    for (const close of closing.toReversed())
      await close().catch((error: unknown) => say(`not closed: ${String(error)}`))
  }
  const isGood = verdict !== null && isClean(verdict)
  if (!isGood || options.keeps) return { isClean: isGood, folder }
  await rm(folder, { recursive: true, force: true })
  return { isClean: true, folder: null }
}

/** Delivers the disruptions in order, one at a time or two at once, as planned. */
async function disrupt(
  system: TortureSystem,
  disruptions: readonly Disruption[],
  options: { readonly signal: AbortSignal; readonly clocks: Clocks | null; readonly say: (line: string) => void },
): Promise<void> {
  const wrong: Promise<void>[] = []
  for (const disruption of disruptions) {
    await sleep(disruption.afterMs)
    if (options.signal.aborted) break
    if (disruption.kind === 'clock') {
      options.say(`${timeOfDay()} clock ${disruption.part} ${disruption.shiftSeconds} s for ${disruption.forMs} ms`)
      if (options.clocks !== null) wrong.push(setWrong(options.clocks, disruption))
      continue
    }
    const victim = system.victims.get(disruption.part)
    if (victim === undefined) throw new Error(`no part ${disruption.part}`)
    // Wait until a part is up before hitting it again: piled-up disruptions would amount to one.
    await victim.idle()
    options.say(`${timeOfDay()} ${disruption.kind} ${disruption.part} ${disruption.forMs} ms`)
    void victim.hit(disruption)
  }
  await Promise.all([...[...system.victims.values()].map((victim) => victim.idle()), ...wrong])
}

async function setWrong(clocks: Clocks, { part, shiftSeconds, forMs }: Disruption): Promise<void> {
  await clocks.set(part, shiftSeconds)
  await sleep(forMs)
  await clocks.set(part, 0)
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 23)
}

/** Waits until no work is left, or time runs out. */
async function settle(options: {
  readonly system: TortureSystem
  readonly sent: readonly SentMessage[]
  readonly addressees: readonly Addressee[]
  readonly limit: AbortSignal
  readonly say: (line: string) => void
}): Promise<Omit<Evidence, 'receipts'>> {
  const db = await openDatabase({ uri: options.system.databaseUri })
  try {
    const lameIds = options.addressees
      .filter(({ manner }) => manner === 'dead' || manner === 'mute')
      .map((one) => one.endpointId)
    const look = { simulatorUrl: options.system.simulatorUrl, sent: options.sent.length, lameIds }
    let quiet = 0
    for (let round = 0; quiet < 3 && !options.limit.aborted; round += 1) {
      const left = await readRemainder(db, look).catch(() => null)
      quiet = left?.owed === 0 && left.messages === 0 && left.deliveries === 0 ? quiet + 1 : 0
      if (round % 20 === 19) options.say(`still to come: ${JSON.stringify(left)}`)
      await sleep(quiet > 0 ? 400 : 500)
    }
    const { sent, addressees } = options
    return { sent, addressees, stored: await readStored(db), deliveries: await readDeliveries(db) }
  } finally {
    await db.close()
  }
}

function report(
  verdict: Verdict,
  options: {
    readonly o: TortureOptions
    readonly system: TortureSystem
    readonly disruptions: readonly Disruption[]
    readonly took: number
    readonly say: (line: string) => void
  },
): void {
  const { say } = options
  const kinds = (kind: Disruption['kind']): number =>
    options.disruptions.filter((disruption) => disruption.kind === kind).length
  say(
    `${kinds('kill')} kills, ${kinds('pause')} pauses, ${kinds('restart')} restarts, ${kinds('clock')} clocks set; took ${options.took} s`,
  )
  for (const { name, endedByItself } of options.system.victims.values())
    if (endedByItself > 0) say(`${name} ended ${endedByItself} times by itself`)
  for (const line of verdict.lines) say(line)
  const { lost, doubled, outOfOrder, unaccounted } = verdict
  for (const line of [lost, doubled, outOfOrder, unaccounted].flatMap((list) => list.slice(0, 20))) say(`WRONG ${line}`)
  say(
    `lost ${lost.length}, doubled ${doubled.length}, out of order ${outOfOrder.length}, unaccounted ${unaccounted.length}`,
  )
}

async function startQueues(say: (line: string) => void, closing: (() => Promise<unknown>)[]): Promise<string> {
  const server = await startSqsServer(say)
  if (server === null) throw new Error('no SQS server can be started')
  closing.push(() => server.stop())
  return server.url
}

async function waitForQueues(url: string): Promise<void> {
  const isUp = await waitFor(() => isListening({ port: Number(new URL(url).port) }), { limitMs: 60_000 })
  if (!isUp) throw new Error(`no SQS server at ${url}`)
}

function pathOf({ manner }: Addressee): string {
  return `/${manner}`
}

function seconds(sinceMs: number): number {
  return Math.round((Date.now() - sinceMs) / 1000)
}
