import { SILENT_LOG } from '@paikea/domain'
import { randomBytes } from 'node:crypto'
import { openTestDatabase } from '@paikea/database/testing'
import type { TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createFakeService } from '@paikea/rockblock-client/testing'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import {
  createActivities,
  createStarter,
  createWorker,
  installRuntime,
  outboundStart,
  outboundWorkflowId,
} from '../src/mod.ts'
import type { OutboundResult, RunningWorker } from '../src/mod.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'
import { testBundle } from './stage.ts'

const binary = process.env['PAIKEA_TEST_TEMPORAL_TEST_SERVER']
const describeOn = binary === undefined ? describe.skip : describe
const hourMs = 3_600_000

describeOn(
  `deliveries over days${binary === undefined ? ' (skipped: PAIKEA_TEST_TEMPORAL_TEST_SERVER names no binary)' : ''}`,
  () => {
    let environment: TestWorkflowEnvironment
    let db: TestDatabase
    let worker: RunningWorker
    let vendor: ReturnType<typeof createFakeService>
    let taskQueue: string
    /** The test server's clock, followed by the activities: time flies for both. */
    let nowMs: number

    beforeAll(async () => {
      installRuntime({ log: SILENT_LOG })
      environment = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path: binary ?? '' } },
      })
      db = await openTestDatabase('sqlite')
    })
    afterAll(async () => {
      await environment.teardown()
      await db.drop()
    })
    beforeEach(() => {
      vendor = createFakeService()
      taskQueue = `test-${randomBytes(6).toString('hex')}`
    })

    async function startDelivery(options: {
      readonly livesMs: number
      readonly onSend: () => void
    }): Promise<{ readonly outboundId: number; readonly result: Promise<OutboundResult> }> {
      nowMs = await environment.currentTimeMs()
      const client = new RockBlockClient({ username: 'user', password: 'password', fetch: vendor.fetch })
      const activities = createActivities({
        db,
        intake: createIntake({ db }),
        modemSender: {
          async sendMt(message) {
            nowMs = await environment.currentTimeMs()
            options.onSend()
            return client.sendMt(message)
          },
        },
        rockStarSender: null,
        notifyOutbound: () => undefined,
        wakeOutbound: () => undefined,
        timeToLive: { positionMs: options.livesMs, commandMs: options.livesMs },
        log: SILENT_LOG,
        now: () => new Date(nowMs),
      })
      worker = await createWorker({
        connection: environment.nativeConnection,
        activities: {
          ...activities,
          async deliver(input) {
            nowMs = await environment.currentTimeMs()
            return activities.deliver(input)
          },
          async tryDeliver(input) {
            nowMs = await environment.currentTimeMs()
            return activities.tryDeliver(input)
          },
        },
        taskQueue,
        log: SILENT_LOG,
        workflowBundle: await testBundle(),
      })
      const pair = await buildRoutedPair(db)
      const [message] = await storePositions(db, { imei: pair.imei, count: 1, receivedAt: new Date(nowMs) })
      const { deliveries } = await activities.actOnMessage(message?.messageId ?? 0)
      const outboundId = deliveries[0] ?? 0
      const starter = createStarter({ client: environment.client, isEager: false, taskQueue })
      // Nothing to search by: the server that skips time does not know our search attributes.
      const cause = { kind: 'route', messageId: message?.messageId ?? null, imei: null, iam: pair.iam } as const
      const input = { outboundId, imei: null, iam: null, text: '' }
      await starter.start(outboundStart(input, outboundWorkflowId(outboundId), { ...cause, target: 'modem' }))
      // Asking for the result is what lets the time run.
      const result: Promise<OutboundResult> = environment.client.workflow
        .getHandle(outboundWorkflowId(outboundId))
        .result()
      return { outboundId, result }
    }

    it('a vendor that is away for three days is asked again and again, and gets the message once', async () => {
      const start = await environment.currentTimeMs()
      let sends = 0
      vendor.setFault('unavailable')
      const { outboundId, result } = await startDelivery({
        livesMs: 30 * 24 * hourMs,
        onSend: () => {
          sends += 1
          if (nowMs - start > 72 * hourMs) vendor.setFault(null)
        },
      })
      expect(await result).toMatchObject({ state: 'sent' })
      await worker.shutdown()
      expect(vendor.sent).toHaveLength(1)
      // Every 10 min at the longest, so some 430 times in three days.
      expect(sends).toBeGreaterThan(400)
      expect(sends).toBeLessThan(500)
      expect(await db.models.DeliveryAttempt.count({ where: { outboundId } })).toBe(sends)
    })

    it('a position that waited longer than its time to live expires while the vendor is away', async () => {
      const start = await environment.currentTimeMs()
      vendor.setFault('system-error')
      const { outboundId, result } = await startDelivery({ livesMs: 6 * hourMs, onSend: () => undefined })
      expect(await result).toMatchObject({ state: 'expired', reason: 'expired' })
      await worker.shutdown()
      // Not the server's clock of now: with nothing left to wait for, it may have run on.
      const { closeTime } = await environment.client.workflow.getHandle(outboundWorkflowId(outboundId)).describe()
      const hours = ((closeTime?.getTime() ?? 0) - start) / hourMs
      expect(hours).toBeGreaterThanOrEqual(6)
      expect(hours).toBeLessThan(6.25)
      expect(vendor.sent).toHaveLength(0)
      expect((await db.models.OutboundMessage.findByPk(outboundId))?.state).toBe('expired')
    })

    it('a parked position expires too when no operator comes', async () => {
      vendor.setFault('no-credit')
      const { result } = await startDelivery({ livesMs: 6 * hourMs, onSend: () => undefined })
      expect(await result).toMatchObject({ state: 'expired' })
      await worker.shutdown()
      expect(vendor.requestCount).toBe(1)
    })
  },
)
