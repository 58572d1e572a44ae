import { SILENT_LOG } from '@paikea/domain'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  changeUpgradeJob,
  finishRelease,
  insertRelease,
  insertRollout,
  listRolloutDevices,
  type Database,
} from '@paikea/database'
import { buildDevice, buildGroup, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { openBlobStore } from '@paikea/firmware'
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
  type OutboundResult,
  type RunningWorker,
} from '../src/mod.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'
import { testBundle } from './stage.ts'

const binary = process.env['PAIKEA_TEST_TEMPORAL_TEST_SERVER']
const describeOn = binary === undefined ? describe.skip : describe
const HOUR_MS = 3_600_000

describeOn(
  `workflows over days${binary === undefined ? ' (skipped: PAIKEA_TEST_TEMPORAL_TEST_SERVER names no binary)' : ''}`,
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

    it('keep trying a vendor that is away for three days, and send the message once', async () => {
      const start = await environment.currentTimeMs()
      let sends = 0
      vendor.setFault('unavailable')
      const { outboundId, result } = await startDelivery({
        livesMs: 30 * 24 * HOUR_MS,
        onSend: () => {
          sends += 1
          if (nowMs - start > 72 * HOUR_MS) vendor.setFault(null)
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

    it('expire a position at its time to live while the vendor is away', async () => {
      const start = await environment.currentTimeMs()
      vendor.setFault('system-error')
      const { outboundId, result } = await startDelivery({ livesMs: 6 * HOUR_MS, onSend: () => undefined })
      expect(await result).toMatchObject({ state: 'expired', reason: 'expired' })
      await worker.shutdown()
      // Not the server's clock of now: with nothing left to wait for, it may have run on.
      const { closeTime } = await environment.client.workflow.getHandle(outboundWorkflowId(outboundId)).describe()
      const hours = ((closeTime?.getTime() ?? 0) - start) / HOUR_MS
      expect(hours).toBeGreaterThanOrEqual(6)
      expect(hours).toBeLessThan(6.25)
      expect(vendor.sent).toHaveLength(0)
      expect((await db.models.OutboundMessage.findByPk(outboundId))?.state).toBe('expired')
    })

    it('expire a parked position if no operator acts', async () => {
      vendor.setFault('no-line-rental')
      const { result } = await startDelivery({ livesMs: 6 * HOUR_MS, onSend: () => undefined })
      expect(await result).toMatchObject({ state: 'expired' })
      await worker.shutdown()
      expect(vendor.requestCount).toBe(1)
    })

    it('begin a roll-out’s next stage as soon as its two-day cool-down is over, not before', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'paikea-firmware-'))
      const rolloutId = await makeRollout(db, { coolDownMinutes: 48 * 60 })
      nowMs = await environment.currentTimeMs()
      const activities = createActivities({
        db,
        intake: createIntake({ db }),
        modemSender: null,
        rockStarSender: null,
        notifyOutbound: () => undefined,
        wakeOutbound: () => undefined,
        log: SILENT_LOG,
        firmware: {
          settings: { repository: null, base: folder },
          blobs: openBlobStore(folder),
          links: { find: async () => null, sendIntoUpdater: async () => 'offline' },
          clock: () => new Date(nowMs),
        },
      })
      const begunAt: number[] = []
      worker = await createWorker({
        connection: environment.nativeConnection,
        activities: {
          ...activities,
          async advanceRollout(id) {
            nowMs = await environment.currentTimeMs()
            const look = await activities.advanceRollout(id)
            // Every device succeeds before the next look.
            for (const { jobId, jobState } of await listRolloutDevices(db, { rolloutId: id })) {
              if (jobId === null || jobState !== 'prepared') continue
              begunAt.push(nowMs)
              const change = { state: 'succeeded' } as const
              const now = new Date(nowMs)
              await db.write((tx) => changeUpgradeJob(db, { id: jobId, from: ['prepared'], change, now }, tx))
            }
            return look
          },
        },
        taskQueue,
        log: SILENT_LOG,
        workflowBundle: await testBundle(),
      })
      const workflowId = `rollout/${rolloutId}`
      const handle = await environment.client.workflow.start('rollOut', {
        args: [{ rolloutId }],
        taskQueue,
        workflowId,
      })
      expect(await handle.result()).toEqual({ rolloutId, state: 'done' })
      await worker.shutdown()
      await rm(folder, { recursive: true, force: true })
      const [first = 0, second = 0] = begunAt
      expect(begunAt).toHaveLength(2)
      const hours = (second - first) / HOUR_MS
      expect(hours).toBeGreaterThanOrEqual(48)
      // The end of a stage is noticed within a minute.
      expect(hours).toBeLessThan(48.1)
    })
  },
)

/** Two stages of a device each, over a release without files. @returns its id */
async function makeRollout(db: Database, { coolDownMinutes }: { readonly coolDownMinutes: number }): Promise<number> {
  const group = await buildGroup(db)
  const one = await buildDevice(db, { groupId: group.id })
  const other = await buildDevice(db, { groupId: group.id })
  const now = new Date()
  return await db.write(async (tx) => {
    const releaseId = await insertRelease(db, { ref: 'main', requestedBy: 'test', now }, tx)
    const commit = randomBytes(20).toString('hex')
    const nothing = { refName: null, tagObject: null, signature: null, signer: null, totalBytes: 0, flashBytes: 0 }
    await finishRelease(db, { ...nothing, id: releaseId, commit, subject: 's', committedAt: now, files: [], now }, tx)
    const rest = { groupId: group.id, releaseId, label: null, needsApproval: false, pauseAtShare: 0.5, coolDownMinutes }
    const stages = [[one.id], [other.id]]
    return await insertRollout(db, { ...rest, allowDowngrade: false, stages, requestedBy: 'test', now }, tx)
  })
}
