import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { databaseKinds, openTestDatabase, type DatabaseKind, type TestDatabase } from '@paikea/database/testing'
import { Client, Connection } from '@temporalio/client'
import { inboundWorkflowId } from '../src/contract/ids.ts'
import { buildRoutedPair, spreadDeliveryIds, storePositions, type RoutedPair } from '@paikea/delivery/testing'
import { startVendorServer, type VendorServer } from './fixtures/vendor-server.ts'
import { temporalOfTestRun, until } from './stage.ts'

const home = path.join(import.meta.dirname, '..')
const { describeOn, address, why } = temporalOfTestRun()
const kinds = databaseKinds()

/** What two crashes left behind. */
interface Aftermath {
  readonly db: TestDatabase
  readonly vendor: VendorServer
  /** Its vendor was silent at the first crash. */
  readonly silent: RoutedPair
  /** Its messages were being sent at the first crash. */
  readonly busy: RoutedPair
  /** Of the workflow task that the second crash interrupted. */
  readonly startedAt: number | null
  readonly givenUpAt: number | null
}

const BUSY_COUNT = 60

/*
 * What takes long is Temporal giving up what the dead had in hand, 5 or 10 s each. So both databases go through it side by
 * side, and both crashes are waited out together.
 */
describeOn(`a worker process that is killed twice${why}`, () => {
  let connection: Connection
  const children: ChildProcess[] = []
  const closing: (() => Promise<void>)[] = []
  const crashes = new Map<DatabaseKind, Aftermath>()

  beforeAll(async () => {
    connection = await Connection.connect({ address })
    await Promise.all(kinds.map(async (kind) => void crashes.set(kind, await crashTwice(kind))))
  }, 180_000)

  afterAll(async () => {
    await Promise.all(children.map(kill))
    for (const close of closing) await close()
    await connection.close()
  })

  async function startWorker(db: TestDatabase, vendor: VendorServer, taskQueue: string): Promise<ChildProcess> {
    const config = JSON.stringify({ address, uri: db.uri, taskQueue, vendorUrl: vendor.url })
    const child = spawn(process.execPath, [path.join(home, 'test/fixtures/worker-child.mjs'), config], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    children.push(child)
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${errors}`)))
    })
    return child
  }

  async function crashTwice(kind: DatabaseKind): Promise<Aftermath> {
    const taskQueue = `test-${randomBytes(6).toString('hex')}`
    const db = await openTestDatabase(kind)
    const vendor = await startVendorServer()
    closing.push(
      () => vendor.close(),
      () => db.drop(),
    )
    await spreadDeliveryIds(db)
    const [silent, busy, held] = [await buildRoutedPair(db), await buildRoutedPair(db), await buildRoutedPair(db)]

    vendor.silentFor.add(silent.targetImei)
    await storePositions(db, { imei: silent.imei, count: 1 })
    await storePositions(db, { imei: busy.imei, count: BUSY_COUNT })
    const first = await startWorker(db, vendor, taskQueue)
    await until('one send hangs, others are sent', () => {
      return sentTo(vendor, silent).length === 1 && sentTo(vendor, busy).length >= 5
    })
    await kill(first)
    vendor.silentFor.clear()

    const [message] = await storePositions(db, { imei: held.imei, count: 1 })
    const { messageId, key } = message ?? { messageId: 0, key: '' }
    const { workflow } = new Client({ connection })
    let runId: string | undefined
    const timeOf = async (type: 'workflowTaskStarted' | 'workflowTaskTimedOut'): Promise<number | null> => {
      const handle = workflow.getHandle(inboundWorkflowId(key), runId)
      const history = await handle.fetchHistory().catch(() => null)
      const event = history?.events?.find((one) => one[`${type}EventAttributes`] != null)
      return event === undefined ? null : Number(event.eventTime?.seconds) * 1_000
    }
    // Whoever wants to act on it waits for this.
    await db.write(async (tx) => {
      await db.models.InboundMessage.update({ copies: 1 }, { where: { id: messageId }, transaction: tx })
      const second = await startWorker(db, vendor, taskQueue)
      await until('the worker has it in hand', () => timeOf('workflowTaskStarted'))
      // This run: a dispatcher that does not know of it may start another one once it has ended.
      runId = (await workflow.getHandle(inboundWorkflowId(key)).describe()).runId
      await kill(second)
    })

    await startWorker(db, vendor, taskQueue)
    await until(
      'all are done',
      async () => {
        const isActedOn = (await db.models.InboundMessage.count({ where: { state: 'processed' } })) === BUSY_COUNT + 2
        const open = await db.models.OutboundMessage.count({ where: { finishedAt: null } })
        return isActedOn && open === 0
      },
      90_000,
    )
    const [startedAt, givenUpAt] = [await timeOf('workflowTaskStarted'), await timeOf('workflowTaskTimedOut')]
    return { db, vendor, silent, busy, startedAt, givenUpAt }
  }

  describe.each(kinds)('on %s', (kind) => {
    let crash: Aftermath
    beforeAll(() => {
      const found = crashes.get(kind)
      if (found === undefined) throw new Error('nothing crashed')
      crash = found
    })

    const deliveriesTo = (pair: RoutedPair) =>
      crash.db.models.OutboundMessage.findAll({ where: { imei: pair.targetImei }, order: ['orderKey'] })

    it('leaves a delivery cut off before its answer unknown, and never sends it again', async () => {
      const [row] = await deliveriesTo(crash.silent)
      expect(row).toMatchObject({ state: 'unknown', reasonCode: 'no-answer-recorded' })
      // What comes after it goes out all the same, and the first one stays at one request.
      await storePositions(crash.db, { imei: crash.silent.imei, count: 1 })
      await until('the next one is sent', async () => (await deliveriesTo(crash.silent))[1]?.state === 'sent')
      expect(sentTo(crash.vendor, crash.silent)).toHaveLength(2)
    })

    it('has its workflow task timed out within seconds, not after Temporal’s default', () => {
      expect((crash.givenUpAt ?? Infinity) - (crash.startedAt ?? 0)).toBeLessThan(8_000)
    })

    it('delivers each of many messages at most once, in order', async () => {
      const rows = await deliveriesTo(crash.busy)
      expect(rows).toHaveLength(BUSY_COUNT)
      expect(rows.every((row) => row.state === 'sent' || row.state === 'unknown')).toBe(true)
      // At most the one that was under way at each crash can be unknown.
      expect(rows.filter((row) => row.state === 'unknown').length).toBeLessThanOrEqual(2)
      const texts = sentTo(crash.vendor, crash.busy)
      const expected = rows.map((row) => row.text ?? '')
      expect(new Set(texts).size).toBe(texts.length)
      expect(texts).toEqual(expected.filter((text) => texts.includes(text)))
      expect(texts.length).toBeGreaterThanOrEqual(BUSY_COUNT - 2)
    })
  })
})

/** What the vendor was given for a pair's handset, in order. */
function sentTo(vendor: VendorServer, { targetImei }: RoutedPair): string[] {
  return vendor.requests
    .filter((request) => request.get('imei') === targetImei)
    .map((request) => Buffer.from(request.get('data') ?? '', 'hex').toString())
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
