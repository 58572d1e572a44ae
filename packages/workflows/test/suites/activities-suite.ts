import type { Database, OutboundMessage } from '@paikea/database'
import {
  cancelOutbound,
  listUndispatchedInbound,
  listUndispatchedOutbound,
  markDispatched,
  resumeOutbound,
} from '@paikea/database'
import { buildInbound, buildOutbound, buildRoute, openTestDatabase } from '@paikea/database/testing'
import type { DatabaseKind, TestDatabase } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import type { Envelope } from '@paikea/intake'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createFakeService } from '@paikea/rockblock-client/testing'
import { createActivities } from '../../src/activities/create-activities.ts'
import type { ActivityDeps, DeliveryEvent } from '../../src/activities/deps.ts'
import { buildRoutedPair, storePositions } from '../../src/testing/sea.ts'
import { silentLog } from '../../src/testing/silent-log.ts'

type Vendor = ReturnType<typeof createFakeService>

/** The activities over a real database and the real client; only the satellite service is a fake. */
export function describeActivities(kind: DatabaseKind): void {
  let db: TestDatabase
  let vendor: Vendor
  let announced: number[]
  let woken: number[]
  let events: DeliveryEvent[]

  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())
  beforeEach(() => {
    vendor = createFakeService()
    announced = []
    woken = []
    events = []
  })

  function activities(overrides: Partial<ActivityDeps> = {}) {
    return createActivities({
      db,
      intake: createIntake({ db }),
      modemSender: new RockBlockClient({ username: 'user', password: 'password', fetch: vendor.fetch, timeoutMs: 500 }),
      rockStarSender: null,
      notifyOutbound: (rows) => announced.push(...rows.map((row) => row.outboundId)),
      wakeOutbound: (outboundId) => woken.push(outboundId),
      onDelivery: (event) => events.push(event),
      log: silentLog,
      localTurnWaitMs: 0,
      ...overrides,
    })
  }

  async function queuedDelivery(overrides: Parameters<typeof buildOutbound>[1] = {}): Promise<number> {
    return Number((await buildOutbound(db, overrides)).id)
  }

  /** A message acted on, with the id of its one delivery. */
  async function routedDelivery(): Promise<{ readonly outboundId: number; readonly targetImei: string }> {
    const pair = await buildRoutedPair(db)
    const [message] = await storePositions(db, { imei: pair.imei, count: 1 })
    const { deliveries } = await activities().actOnMessage(message?.messageId ?? 0)
    return { outboundId: deliveries[0] ?? 0, targetImei: pair.targetImei }
  }

  describe('actOnMessage()', () => {
    it('writes one delivery per matching route, announces it and marks the message processed', async () => {
      const pair = await buildRoutedPair(db)
      const [message] = await storePositions(db, { imei: pair.imei, count: 1 })
      const messageId = message?.messageId ?? 0
      const result = await activities().actOnMessage(messageId)

      expect(result).toMatchObject({ messageId, state: 'processed', deliveries: [expect.any(Number)], skipped: [] })
      expect(announced).toEqual(result.deliveries)
      const inbound = await db.models.InboundMessage.findByPk(messageId)
      expect(inbound).toMatchObject({ state: 'processed', processedAt: expect.any(Date) })
      const row = await outbound(db, result.deliveries[0] ?? 0)
      expect(row).toMatchObject({
        state: 'queued',
        causeKind: 'route',
        causeMessageId: messageId,
        routeId: pair.routeId,
        sourceDeviceId: pair.deviceId,
        targetKey: `modem/${pair.targetImei}`,
        imei: pair.targetImei,
        modemId: pair.targetModemId,
        orderKey: messageId,
        credits: 2,
      })
      expect(row.text).toMatch(/^\+DATA:PK004,.*;$/)
      expect(Buffer.from(row.payload).toString('ascii')).toBe(row.text)
    })

    it('changes nothing when it runs again, and answers the same', async () => {
      const pair = await buildRoutedPair(db)
      const [message] = await storePositions(db, { imei: pair.imei, count: 1 })
      const messageId = message?.messageId ?? 0
      const first = await activities().actOnMessage(messageId)
      const again = await activities().actOnMessage(messageId)
      expect(again.deliveries).toEqual(first.deliveries)
      expect(await db.models.OutboundMessage.count({ where: { causeMessageId: messageId } })).toBe(1)
    })

    it('writes each delivery once when two processes act on the same messages', async () => {
      const pair = await buildRoutedPair(db)
      const messages = await storePositions(db, { imei: pair.imei, count: 20 })
      const [one, other] = [activities(), activities()]
      await Promise.all(
        messages.flatMap(({ messageId }) => [one.actOnMessage(messageId), other.actOnMessage(messageId)]),
      )
      const ids = messages.map((message) => message.messageId)
      expect(await db.models.OutboundMessage.count({ where: { causeMessageId: ids } })).toBe(20)
    })

    it('acts on many together as on each alone', async () => {
      const pair = await buildRoutedPair(db)
      await buildRoute(db, { groupId: pair.groupId, sourceKind: 'buoy', messageType: 'PK001' })
      await buildRoute(db, { groupId: pair.groupId, sourceKind: 'buoy', enabled: false })
      const messages = await storePositions(db, { imei: pair.imei, count: 30 })
      const acting = activities()
      const results = await Promise.all(messages.map((message) => acting.actOnMessage(message.messageId)))
      expect(results.map((result) => result.deliveries.length)).toEqual(messages.map(() => 2))
      expect(new Set(announced).size).toBe(60)
    })

    it('keeps a repeat from a target that costs money, and says so', async () => {
      const pair = await buildRoutedPair(db)
      const fixAt = new Date('2026-11-24T10:00:00.000Z')
      await storePositions(db, { imei: pair.imei, count: 1, fixAt })
      const [repeat] = await storePositions(db, { imei: pair.imei, count: 1, fixAt })
      expect(repeat?.isRepeat).toBe(true)
      const result = await activities().actOnMessage(repeat?.messageId ?? 0)
      expect(result).toMatchObject({ deliveries: [], skipped: [{ routeId: pair.routeId, reason: 'repeat' }] })
    })

    it('marks a message of an unclaimed modem processed', async () => {
      const [message] = await storePositions(db, { imei: '300999000000001', count: 1 })
      expect(await activities().actOnMessage(message?.messageId ?? 0)).toMatchObject({
        state: 'processed',
        deliveries: [],
      })
    })

    it('leaves a quarantined message quarantined', async () => {
      const message = await buildInbound(db, { state: 'quarantined' })
      expect(await activities().actOnMessage(Number(message.id))).toMatchObject({ state: 'quarantined' })
      expect((await message.reload()).state).toBe('quarantined')
    })

    it('says so when there is no such message', async () => {
      expect(await activities().actOnMessage(999_999_999)).toMatchObject({ state: 'missing' })
    })
  })

  describe('tryDeliver()', () => {
    it('sends, and writes down the attempt and the vendor’s number', async () => {
      const { outboundId, targetImei } = await routedDelivery()
      const step = await activities().tryDeliver({ outboundId, wish: 'send' })
      expect(step).toEqual({ step: 'finished', state: 'sent', vendorId: vendor.sent[0]?.id, reason: null })
      const row = await outbound(db, outboundId)
      expect(row).toMatchObject({
        state: 'sent',
        vendorId: vendor.sent[0]?.id,
        sentAt: expect.any(Date),
        finishedAt: expect.any(Date),
      })
      expect(vendor.sent.map(({ imei, data }) => [imei, Buffer.from(data).toString()])).toEqual([
        [targetImei, row.text],
      ])
      const attempts = await db.models.DeliveryAttempt.findAll({ where: { outboundId } })
      expect(attempts).toMatchObject([
        { number: 1, outcome: 'sent', startedAt: expect.any(Date), finishedAt: expect.any(Date) },
      ])
      expect(events).toEqual([{ outboundId, state: 'sent', targetKey: row.targetKey, reason: null }])
    })

    it('never sends twice, whoever asks again', async () => {
      const outboundId = await queuedDelivery()
      const [one, other] = [activities(), activities()]
      await Promise.allSettled(
        [1, 2, 3, 4].flatMap(() => [one, other].map((it) => it.tryDeliver({ outboundId, wish: 'send' }))),
      )
      expect(vendor.sent).toHaveLength(1)
    })

    it('calls an attempt whose end was never recorded unknown, and does not repeat it', async () => {
      const outboundId = await queuedDelivery({ state: 'sending' })
      await db.write((transaction) =>
        db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: new Date() }, { transaction }),
      )
      for (const wish of ['send', 'resume', 'cancel'] as const) {
        expect(await activities().tryDeliver({ outboundId, wish })).toMatchObject({
          step: 'finished',
          state: 'unknown',
        })
      }
      expect(await outbound(db, outboundId)).toMatchObject({ state: 'unknown', reasonCode: 'no-answer-recorded' })
      expect(vendor.requestCount).toBe(0)
    })

    it('takes a late answer for what it is: unknown becomes sent', async () => {
      const outboundId = await queuedDelivery({ state: 'sending' })
      await db.write((transaction) =>
        db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: new Date() }, { transaction }),
      )
      await activities().tryDeliver({ outboundId, wish: 'send' })
      const record = {
        outboundId,
        attempt: 1,
        finishedAtMs: Date.now(),
        outcome: 'sent',
        state: 'sent',
        reasonCode: null,
        reasonDetail: null,
        vendorId: '77',
        retryAfterMs: null,
      } as const
      await activities().recordOutcome(record)
      expect(await outbound(db, outboundId)).toMatchObject({ state: 'sent', vendorId: '77' })
    })

    it('answers “unknown” for a time-out after the request left', async () => {
      const outboundId = await queuedDelivery()
      vendor.setFault('timeout')
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
      expect(vendor.sent).toHaveLength(1)
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
      expect(vendor.sent).toHaveLength(1)
    })

    it('answers “try later” for a busy service, and goes on with the next attempt', async () => {
      const outboundId = await queuedDelivery()
      vendor.setFault('system-error', { count: 1 })
      const step = await activities().tryDeliver({ outboundId, wish: 'send' })
      expect(step).toMatchObject({ step: 'try-later', reason: 'system-error', attempt: 1, retryInMs: 10_000 })
      expect(await outbound(db, outboundId)).toMatchObject({
        state: 'queued',
        reasonCode: 'system-error',
        finishedAt: null,
      })
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'sent',
      })
      const attempts = await db.models.DeliveryAttempt.findAll({ where: { outboundId }, order: ['number'] })
      expect(attempts.map((attempt) => attempt.outcome)).toEqual(['try-later', 'sent'])
    })

    it('fails for good where the service says the message can never go', async () => {
      const outboundId = await queuedDelivery()
      vendor.setFault('too-long', { count: 1 })
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'failed',
      })
      expect(await outbound(db, outboundId)).toMatchObject({ state: 'failed', finishedAt: expect.any(Date) })
    })

    it.each(['login-wrong', 'unknown-imei', 'no-line-rental', 'no-credit'] as const)(
      'parks for %s, and goes on when resumed',
      async (reason) => {
        const outboundId = await queuedDelivery()
        vendor.setFault(reason, { count: 1 })
        const step = await activities().tryDeliver({ outboundId, wish: 'send' })
        expect(step).toMatchObject({ step: 'parked', reason, whatToDo: expect.stringContaining('resume') })
        expect(await outbound(db, outboundId)).toMatchObject({ state: 'parked', reasonCode: reason, finishedAt: null })
        expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ step: 'parked', reason })
        expect(vendor.sent).toHaveLength(0)
        expect(await activities().tryDeliver({ outboundId, wish: 'resume' })).toMatchObject({
          step: 'finished',
          state: 'sent',
        })
      },
    )

    it('parks where no account is configured', async () => {
      const outboundId = await queuedDelivery()
      expect(await activities({ modemSender: null }).tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'parked',
        reason: 'not-configured',
      })
    })

    it('calls it unknown when the client breaks', async () => {
      const outboundId = await queuedDelivery()
      const modemSender = { sendMt: () => Promise.reject(new Error('a bug')) }
      expect(await activities({ modemSender }).tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
    })

    it('expires what waited longer than its time to live, without asking the vendor', async () => {
      const outboundId = await queuedDelivery({ expiresAt: new Date(Date.now() - 1) })
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'expired',
      })
      expect(await outbound(db, outboundId)).toMatchObject({
        state: 'expired',
        reasonCode: 'expired',
        finishedAt: expect.any(Date),
      })
      expect(vendor.requestCount).toBe(0)
    })

    it('keeps the vendor’s answer for the workflow while the database cannot be told', async () => {
      const { outboundId } = await routedDelivery()
      let isAway = false
      const awayDb: Database = {
        ...db,
        write: (work) => (isAway ? Promise.reject(new Error('SQLITE_IOERR')) : db.write(work)),
      }
      const client = new RockBlockClient({ username: 'user', password: 'password', fetch: vendor.fetch })
      const modemSender: ActivityDeps['modemSender'] = {
        async sendMt(message) {
          const result = await client.sendMt(message)
          isAway = true
          return result
        },
      }
      const step = await activities({ db: awayDb, modemSender }).tryDeliver({ outboundId, wish: 'send' })
      expect(step).toMatchObject({ step: 'unrecorded', record: { outcome: 'sent', vendorId: vendor.sent[0]?.id } })
      if (step.step !== 'unrecorded') return
      expect(await activities().recordOutcome(step.record)).toMatchObject({ step: 'finished', state: 'sent' })
      expect(await outbound(db, outboundId)).toMatchObject({ state: 'sent', vendorId: vendor.sent[0]?.id })
    }, 20_000)
  })

  describe('turns', () => {
    it('makes a delivery wait behind an earlier one to the same modem, and wakes it when that one is done', async () => {
      const pair = await buildRoutedPair(db)
      const messages = await storePositions(db, { imei: pair.imei, count: 2 })
      const acting = activities()
      const ids: number[] = []
      for (const { messageId } of messages) ids.push((await acting.actOnMessage(messageId)).deliveries[0] ?? 0)
      const [first = 0, second = 0] = ids
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({
        step: 'wait',
        expiresAtMs: expect.any(Number),
      })
      expect(await outbound(db, second)).toMatchObject({ state: 'queued', waiting: true })
      expect(await acting.tryDeliver({ outboundId: first, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(woken).toEqual([second])
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(await outbound(db, second)).toMatchObject({ state: 'sent', waiting: false })
    })

    it('makes a delivery wait for an earlier message of its device that is not acted on, and wakes it then', async () => {
      const pair = await buildRoutedPair(db)
      const [early, late] = await storePositions(db, { imei: pair.imei, count: 2 })
      const acting = activities()
      const [second = 0] = (await acting.actOnMessage(late?.messageId ?? 0)).deliveries
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ step: 'wait' })
      const [first = 0] = (await acting.actOnMessage(early?.messageId ?? 0)).deliveries
      expect(woken).toEqual([second])
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ step: 'wait' })
      await acting.tryDeliver({ outboundId: first, wish: 'send' })
      await acting.tryDeliver({ outboundId: second, wish: 'send' })
      expect(vendor.sent).toHaveLength(2)
    })

    it('is not held up by a message of another device', async () => {
      const pair = await buildRoutedPair(db)
      const other = await buildRoutedPair(db)
      await storePositions(db, { imei: other.imei, count: 1 })
      const [message] = await storePositions(db, { imei: pair.imei, count: 1 })
      const acting = activities()
      const [outboundId = 0] = (await acting.actOnMessage(message?.messageId ?? 0)).deliveries
      expect(await acting.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
    })

    it('passes the turn on from what is cancelled, expired or refused', async () => {
      const targetKey = `modem/${String(Date.now())}`
      const acting = activities()
      const ids: number[] = []
      for (let orderKey = 1; orderKey <= 4; orderKey += 1) {
        const expiresAt = orderKey === 2 ? new Date(Date.now() - 1) : null
        ids.push(await queuedDelivery({ targetKey, orderKey, ...(expiresAt === null ? {} : { expiresAt }) }))
      }
      const [cancelled = 0, expired = 0, failed = 0, last = 0] = ids
      expect(await acting.tryDeliver({ outboundId: last, wish: 'send' })).toMatchObject({ step: 'wait' })
      await acting.tryDeliver({ outboundId: cancelled, wish: 'cancel' })
      await acting.tryDeliver({ outboundId: expired, wish: 'send' })
      vendor.setFault('not-hex', { count: 1 })
      await acting.tryDeliver({ outboundId: failed, wish: 'send' })
      expect(woken).toEqual([last])
      expect(await acting.tryDeliver({ outboundId: last, wish: 'send' })).toMatchObject({ state: 'sent' })
    })

    it('keeps all in order when they come at once from two processes, without a signal inside one', async () => {
      const pair = await buildRoutedPair(db)
      const messages = await storePositions(db, { imei: pair.imei, count: 20 })
      const acting = activities({ localTurnWaitMs: 5_000 })
      const other = activities({ localTurnWaitMs: 5_000, wakeOutbound: (id) => woken.push(-id) })
      const results = await Promise.all(messages.map((message) => acting.actOnMessage(message.messageId)))
      const ids = results.map((result) => result.deliveries[0] ?? 0)
      // Backwards, so that each but the first meets an earlier one.
      await Promise.all(ids.toReversed().map((outboundId) => acting.tryDeliver({ outboundId, wish: 'send' })))
      expect(vendor.sent.map(({ data }) => Buffer.from(data).toString())).toEqual(await textsOf(db, ids))
      expect(woken).toEqual([])

      const more = await storePositions(db, { imei: pair.imei, count: 10 })
      const moreIds = (await Promise.all(more.map((message) => other.actOnMessage(message.messageId)))).map(
        (result) => result.deliveries[0] ?? 0,
      )
      let open = moreIds
      while (open.length > 0) {
        const steps = await Promise.all(
          open.map((outboundId, index) =>
            (index % 2 === 0 ? activities() : activities()).tryDeliver({ outboundId, wish: 'send' }),
          ),
        )
        open = open.filter((_id, index) => steps[index]?.step !== 'finished')
      }
      expect(vendor.sent.slice(20).map(({ data }) => Buffer.from(data).toString())).toEqual(await textsOf(db, moreIds))
    }, 30_000)
  })

  describe('an operator', () => {
    it('resumes a parked delivery in the database, and the sweep finds it', async () => {
      const outboundId = await queuedDelivery({
        state: 'parked',
        reasonCode: 'no-credit',
        workflowStartedAt: new Date(),
      })
      expect(await resumeOutbound(db, { outboundId, scope: { all: true } })).toEqual({ status: 'done' })
      const swept = await listUndispatchedOutbound(db, {
        limit: 1_000,
        settledBefore: new Date(Date.now() + 1_000),
        startedBefore: null,
      })
      expect(swept.map((row) => row.outboundId)).toContain(outboundId)
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(await resumeOutbound(db, { outboundId, scope: { all: true } })).toEqual({
        status: 'refused',
        state: 'sent',
      })
    })

    it('cancels what has not left, in the groups of that person only', async () => {
      const { outboundId } = await routedDelivery()
      const { groupId } = await outbound(db, outboundId)
      const at = new Date()
      expect(await cancelOutbound(db, { outboundId, scope: { groupIds: [] }, at })).toEqual({ status: 'not-found' })
      expect(await cancelOutbound(db, { outboundId, scope: { groupIds: [(groupId ?? 0) + 1] }, at })).toEqual({
        status: 'not-found',
      })
      expect(await cancelOutbound(db, { outboundId, scope: { groupIds: [groupId ?? 0] }, at })).toEqual({
        status: 'done',
      })
      expect(await activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'cancelled',
      })
      expect(vendor.requestCount).toBe(0)
    })
  })

  describe('the sweep', () => {
    it('finds what was not started, oldest first, and what was started long ago', async () => {
      const pair = await buildRoutedPair(db)
      const messages = await storePositions(db, { imei: pair.imei, count: 3 })
      const ids = messages.map((message) => message.messageId)
      const mine = async (startedBefore: Date | null): Promise<number[]> => {
        const settledBefore = new Date(Date.now() + 1_000)
        const rows = await listUndispatchedInbound(db, {
          limit: 1_000,
          settledBefore,
          startedBefore,
          imeis: [pair.imei],
        })
        return rows.map((row) => row.messageId)
      }
      expect(await mine(null)).toEqual(ids)
      await markDispatched(db, {
        messageIds: ids.slice(0, 2),
        outboundIds: [],
        at: new Date('2026-01-01T00:00:00.000Z'),
      })
      expect(await mine(null)).toEqual(ids.slice(2))
      expect(await mine(new Date('2026-06-01T00:00:00.000Z'))).toEqual(ids.slice(0, 2))
      await activities().actOnMessage(ids[0] ?? 0)
      expect(await mine(new Date('2026-06-01T00:00:00.000Z'))).toEqual(ids.slice(1, 2))
      const marked = await db.models.InboundMessage.findByPk(ids[0] ?? 0)
      expect(marked?.workflowId).toBe(`inbound/${marked?.duplicateKey}`)
    })

    it('leaves rows alone that were written just now', async () => {
      const pair = await buildRoutedPair(db)
      await storePositions(db, { imei: pair.imei, count: 1 })
      const settledBefore = new Date(Date.now() - 60_000)
      expect(
        await listUndispatchedInbound(db, { limit: 10, settledBefore, startedBefore: null, imeis: [pair.imei] }),
      ).toEqual([])
    })
  })

  describe('putThroughIntake()', () => {
    it('stores an envelope once, however often it comes', async () => {
      const pair = await buildRoutedPair(db)
      const body = new URLSearchParams({
        imei: pair.imei,
        momsn: '7',
        transmit_time: '26-11-24 10:00:00',
        data: Buffer.from('PK005;1').toString('hex'),
      })
      const envelope: Envelope = {
        format: 'rockblock',
        bodyBase64: Buffer.from(body.toString()).toString('base64'),
        contentType: 'application/x-www-form-urlencoded',
        receivedAt: new Date().toISOString(),
        sourceAddress: null,
        hasSecret: true,
        admittedBy: 'secret',
        verificationNote: null,
      }
      const first = await activities().putThroughIntake(envelope)
      expect(first).toEqual({ status: 'held', messageId: expect.any(Number) })
      expect(await activities().putThroughIntake(envelope)).toEqual(first)
      if (first.status !== 'held') return
      const { deliveries } = await activities().actOnMessage(first.messageId)
      expect((await outbound(db, deliveries[0] ?? 0)).text).toBe('+DATA:PK005,1;')
    })
  })
}

async function outbound(db: Database, id: number): Promise<OutboundMessage> {
  const row = await db.models.OutboundMessage.findByPk(id)
  if (row === null) throw new Error(`no delivery ${id}`)
  return row
}

async function textsOf(db: Database, ids: readonly number[]): Promise<(string | null)[]> {
  const rows = await db.models.OutboundMessage.findAll({ where: { id: [...ids] }, order: ['orderKey', 'id'] })
  return rows.map((row) => row.text)
}
