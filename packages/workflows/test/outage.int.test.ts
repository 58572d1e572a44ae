import { SILENT_LOG } from '@paikea/domain'
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { Client } from '@temporalio/client'
import {
  connectLazily,
  createDispatcher,
  createStarter,
  inboundStart,
  inboundWorkflowId,
  outboundWorkflowId,
  type Dispatcher,
  type WorkflowStart,
} from '../src/mod.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'
import { freePort } from '@paikea/firmware/testing'
import { openStage, until } from './stage.ts'

const cli = process.env['PAIKEA_TEST_TEMPORAL_CLI']
const describeOn = cli === undefined ? describe.skip : describe

describeOn(
  `an outage of Temporal${cli === undefined ? ' (skipped: PAIKEA_TEST_TEMPORAL_CLI names no binary)' : ''}`,
  () => {
    let folder: string
    let port: number
    let databaseFile: string
    let server: ChildProcess | null = null

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'paikea-outage-'))
      port = await freePort()
    })
    beforeEach(() => {
      databaseFile = `${randomBytes(4).toString('hex')}.db`
    })
    afterEach(() => stopServer())
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    function startServer(): void {
      const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)]
      server = spawn(cli ?? '', [...args, '--db-filename', path.join(folder, databaseFile), '--log-level', 'never'], {
        stdio: 'ignore',
      })
    }
    async function stopServer(): Promise<void> {
      if (server === null) return
      const ended = new Promise((resolve) => server?.once('exit', resolve))
      // A stopped process dies only of this one.
      server.kill('SIGKILL')
      await ended
      server = null
    }

    it('loses no message, and all are sent soon after it ends', async () => {
      startServer()
      const stage = await openStage({ address: `127.0.0.1:${port}` })
      try {
        stage.dispatcher.start()
        const pair = await buildRoutedPair(stage.db)
        const sent = (): number => stage.vendor.sent.length
        stage.dispatcher.notifyInbound(await storePositions(stage.db, { imei: pair.imei, count: 2 }))
        await until('the first are sent', () => sent() === 2)
        await stopServer()
        stage.dispatcher.notifyInbound(await storePositions(stage.db, { imei: pair.imei, count: 10 }))
        await until('the dispatcher noticed', () => stage.dispatcher.stats().temporal === 'does-not-answer')
        expect(sent()).toBe(2)
        startServer()
        await until('all are sent', () => sent() === 12, 45_000)
        expect(stage.dispatcher.stats()).toMatchObject({ temporal: 'answers', queuedInbound: 0, queuedOutbound: 0 })
      } finally {
        await stage.close()
      }
    }, 90_000)

    it.each([true, false])(
      'starts workflows without our search attributes on a server that lacks them (eager: %p)',
      async (isEager) => {
        startServer()
        const stage = await openStage({ address: `127.0.0.1:${port}`, withoutAttributes: true })
        try {
          const connection = connectLazily({ address: `127.0.0.1:${port}` })
          const client = isEager ? stage.client : new Client({ connection })
          const starter = createStarter({ client, isEager, taskQueue: stage.taskQueue })
          const pair = await buildRoutedPair(stage.db)
          const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
          if (message === undefined) throw new Error('nothing stored')
          const { messageId, imei, iam, key } = message
          // Parked as well: setting an attribute that is not there would block the workflow for ever.
          stage.vendor.setFault('no-line-rental', { count: 1 })
          const input = { kind: 'stored', messageId, imei, iam } as const
          await until('it is started', () =>
            starter.start(inboundStart(input, inboundWorkflowId(key))).then(
              () => true,
              () => false,
            ),
          )
          stage.dispatcher.start()
          const row = await until('it is parked', async () => {
            const found = await stage.db.models.OutboundMessage.findOne({ where: { causeMessageId: messageId } })
            return found?.state === 'parked' && found
          })
          await stage.client.workflow.getHandle(outboundWorkflowId(Number(row.id))).signal('resume')
          await until('it is sent', async () => (await row.reload()).state === 'sent')
          await connection.close()
        } finally {
          await stage.close()
        }
      },
    )

    describe('seen from a process without a worker', () => {
      let db: TestDatabase
      let dispatcher: Dispatcher | null = null
      beforeEach(async () => {
        db = await openTestDatabase('sqlite')
      })
      afterEach(async () => {
        await dispatcher?.stop()
        await db.drop()
      })

      it('is noticed if the server hangs, probed about once a second, and over soon after it answers', async () => {
        startServer()
        const connection = connectLazily({ address: `127.0.0.1:${port}` })
        const client = new Client({ connection })
        await until('the server answers', () =>
          client.workflow.count().then(
            () => true,
            () => false,
          ),
        )
        const starter = createStarter({ client, isEager: false, taskQueue: 'nobody', timeoutMs: 500 })
        let calls = 0
        const counted = {
          ...starter,
          start: (workflow: WorkflowStart) => ((calls += 1), starter.start(workflow)),
        }
        dispatcher = createDispatcher({ db, starter: counted, log: SILENT_LOG, concurrency: 4, sweepMs: 200 })
        dispatcher.start()
        server?.kill('SIGSTOP')
        const pair = await buildRoutedPair(db)
        dispatcher.notifyInbound(await storePositions(db, { imei: pair.imei, count: 30 }))
        await until('it is noticed', () => dispatcher?.stats().temporal === 'does-not-answer')
        const before = calls
        const since = Date.now()
        await until('three seconds pass', () => Date.now() - since > 3_000)
        expect(calls - before).toBeGreaterThanOrEqual(2)
        expect(calls - before).toBeLessThanOrEqual(5)
        server?.kill('SIGCONT')
        const back = Date.now()
        await until(
          'all are started',
          async () => (await db.models.InboundMessage.count({ where: { workflowStartedAt: null } })) === 0,
        )
        expect(Date.now() - back).toBeLessThan(6_000)
        const { started, already } = dispatcher.stats()
        expect(started + already).toBe(30)
        await connection.close()
      }, 60_000)
    })
  },
)
