import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { databaseKinds, openTestDatabase } from '@paikea/database/testing'
import type { TestDatabase } from '@paikea/database/testing'
import { Client, Connection } from '@temporalio/client'
import { inboundWorkflowId } from '../src/contract/ids.ts'
import { buildRoutedPair, spreadDeliveryIds, storePositions } from '@paikea/delivery/testing'
import { startVendorServer } from './fixtures/vendor-server.ts'
import type { VendorServer } from './fixtures/vendor-server.ts'
import { temporalOfTestRun, until } from './stage.ts'

const home = path.join(import.meta.dirname, '..')
const root = path.join(home, '../..')
const { describeOn, address, why } = temporalOfTestRun()

describeOn(`a worker process that is killed${why}`, () => {
  let connection: Connection
  beforeAll(async () => {
    connection = await Connection.connect({ address })
    const built = spawnSync('npm', ['run', 'build', '-w', 'packages/workflows'], { cwd: root, encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stdout + built.stderr)
  })

  afterAll(() => connection.close())

  describe.each(databaseKinds())('on %s', (kind) => {
    let db: TestDatabase
    let vendor: VendorServer
    let children: ChildProcess[]

    beforeEach(async () => {
      db = await openTestDatabase(kind)
      await spreadDeliveryIds(db)
      vendor = await startVendorServer()
      children = []
    })
    afterEach(async () => {
      await Promise.all(children.map(kill))
      await vendor.close()
      await db.drop()
    })

    async function startWorker(taskQueue: string): Promise<ChildProcess> {
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

    it('between the attempt and its answer leaves the delivery unknown, sent once and never again', async () => {
      const taskQueue = `test-${randomBytes(6).toString('hex')}`
      const pair = await buildRoutedPair(db)
      const worker = await startWorker(taskQueue)
      vendor.answers = false
      const [message] = await storePositions(db, { imei: pair.imei, count: 1 })
      await until('the request reached the vendor', () => vendor.requests.length === 1)
      await kill(worker)

      vendor.answers = true
      await startWorker(taskQueue)
      const row = await until('the delivery is unknown', async () => {
        const found = await db.models.OutboundMessage.findOne({ where: { causeMessageId: message?.messageId ?? 0 } })
        return found?.state === 'unknown' && found
      })
      expect(row.reasonCode).toBe('no-answer-recorded')
      // What comes after it goes out all the same, and the first one stays at one request.
      await storePositions(db, { imei: pair.imei, count: 1 })
      await until(
        'the next one is sent',
        async () => (await db.models.OutboundMessage.count({ where: { state: 'sent' } })) === 1,
      )
      expect(vendor.requests).toHaveLength(2)
    })

    it('with a message in hand: it is taken up again within seconds, not when Temporal’s usual time is over', async () => {
      const taskQueue = `test-${randomBytes(6).toString('hex')}`
      const [message] = await storePositions(db, { imei: (await buildRoutedPair(db)).imei, count: 1 })
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
        const worker = await startWorker(taskQueue)
        await until('the worker has it in hand', () => timeOf('workflowTaskStarted'))
        // This run: a dispatcher that does not know of it may start another one once it has ended.
        runId = (await workflow.getHandle(inboundWorkflowId(key)).describe()).runId
        await kill(worker)
      })
      await startWorker(taskQueue)
      await until('it is acted on', async () => {
        return (await db.models.InboundMessage.findByPk(messageId))?.state === 'processed'
      })
      const [startedAt, givenUpAt] = [await timeOf('workflowTaskStarted'), await timeOf('workflowTaskTimedOut')]
      expect((givenUpAt ?? Infinity) - (startedAt ?? 0)).toBeLessThan(8_000)
    })

    it('in the middle of many messages delivers each once, in order', async () => {
      const taskQueue = `test-${randomBytes(6).toString('hex')}`
      const pair = await buildRoutedPair(db)
      const count = 60
      await storePositions(db, { imei: pair.imei, count })
      const worker = await startWorker(taskQueue)
      await until('some are sent', () => vendor.requests.length >= 5)
      await kill(worker)
      await startWorker(taskQueue)
      // Tasks the dead worker held come back after 5 or 10 s each; a turn it was about to pass on takes two looks of a sweep.
      const rows = await until(
        'all are done',
        async () => {
          const found = await db.models.OutboundMessage.findAll({ where: { causeKind: 'route' }, order: ['orderKey'] })
          return found.length === count && found.every((row) => row.finishedAt !== null) && found
        },
        90_000,
      )
      expect(rows.every((row) => row.state === 'sent' || row.state === 'unknown')).toBe(true)
      // At most the one that was under way can be unknown.
      expect(rows.filter((row) => row.state === 'unknown').length).toBeLessThanOrEqual(1)
      const texts = vendor.requests.map((request) => Buffer.from(request.get('data') ?? '', 'hex').toString())
      const expected = rows.map((row) => row.text ?? '')
      expect(new Set(texts).size).toBe(texts.length)
      expect(texts).toEqual(expected.filter((text) => texts.includes(text)))
      expect(texts.length).toBeGreaterThanOrEqual(count - 1)
    })
  })
})

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
