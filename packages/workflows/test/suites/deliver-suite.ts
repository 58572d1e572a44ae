import type { Database } from '@paikea/database'
import { RockBlockClient } from '@paikea/rockblock-client'
import type { ActivityDeps } from '../../src/activities/deps.ts'
import type { ActivityStage } from './activity-stage.ts'

/** What becomes of one delivery. */
export function describeDelivering(stage: ActivityStage): void {
  describe('tryDeliver()', () => {
    it('sends, and records the attempt and the vendor’s id', async () => {
      const { outboundId, targetImei } = await stage.routedDelivery()
      const step = await stage.activities().tryDeliver({ outboundId, wish: 'send' })
      expect(step).toEqual({ step: 'finished', state: 'sent', vendorId: stage.vendor.sent[0]?.id, reason: null })
      const row = await stage.row(outboundId)
      expect(row).toMatchObject({
        state: 'sent',
        vendorId: stage.vendor.sent[0]?.id,
        sentAt: expect.any(Date),
        finishedAt: expect.any(Date),
      })
      expect(stage.vendor.sent.map(({ imei, data }) => [imei, Buffer.from(data).toString()])).toEqual([
        [targetImei, row.text],
      ])
      const attempts = await stage.db.models.DeliveryAttempt.findAll({ where: { outboundId } })
      expect(attempts).toMatchObject([
        { number: 1, outcome: 'sent', startedAt: expect.any(Date), finishedAt: expect.any(Date) },
      ])
      const told = { outboundId, targetKey: row.targetKey, reason: null }
      expect(stage.events).toEqual([
        { ...told, state: 'sending' },
        { ...told, state: 'sent' },
      ])
    })

    it('never sends twice, even if two processes ask repeatedly', async () => {
      const outboundId = await stage.queuedDelivery()
      const [one, other] = [stage.activities(), stage.activities()]
      await Promise.allSettled(
        [1, 2, 3, 4].flatMap(() => [one, other].map((it) => it.tryDeliver({ outboundId, wish: 'send' }))),
      )
      expect(stage.vendor.sent).toHaveLength(1)
    })

    it('treats an attempt without a recorded end as unknown, and does not repeat it', async () => {
      const outboundId = await stage.queuedDelivery({ state: 'sending' })
      await stage.db.write((transaction) =>
        stage.db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: new Date() }, { transaction }),
      )
      for (const wish of ['send', 'resume', 'cancel'] as const) {
        expect(await stage.activities().tryDeliver({ outboundId, wish })).toMatchObject({
          step: 'finished',
          state: 'unknown',
        })
      }
      expect(await stage.row(outboundId)).toMatchObject({ state: 'unknown', reasonCode: 'no-answer-recorded' })
      expect(stage.vendor.requestCount).toBe(0)
    })

    it('turns “unknown” into “sent” when the answer is recorded late', async () => {
      const outboundId = await stage.queuedDelivery({ state: 'sending' })
      await stage.db.write((transaction) =>
        stage.db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: new Date() }, { transaction }),
      )
      await stage.activities().tryDeliver({ outboundId, wish: 'send' })
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
      await stage.activities().recordOutcome(record)
      expect(await stage.row(outboundId)).toMatchObject({ state: 'sent', vendorId: '77' })
    })

    it('returns “unknown” for a time-out after the request left, and does not repeat it', async () => {
      const outboundId = await stage.queuedDelivery()
      stage.vendor.setFault('timeout')
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
      expect(stage.vendor.sent).toHaveLength(1)
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
      expect(stage.vendor.sent).toHaveLength(1)
    })

    it('returns “try later” for a busy service, and sends on the next attempt', async () => {
      const outboundId = await stage.queuedDelivery()
      stage.vendor.setFault('system-error', { count: 1 })
      const step = await stage.activities().tryDeliver({ outboundId, wish: 'send' })
      expect(step).toMatchObject({ step: 'try-later', reason: 'system-error', attempt: 1, retryInMs: 10_000 })
      expect(await stage.row(outboundId)).toMatchObject({
        state: 'queued',
        reasonCode: 'system-error',
        finishedAt: null,
      })
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'sent',
      })
      const attempts = await stage.db.models.DeliveryAttempt.findAll({ where: { outboundId }, order: ['number'] })
      expect(attempts.map((attempt) => attempt.outcome)).toEqual(['try-later', 'sent'])
    })

    it('fails for good if the service rejects the message itself', async () => {
      const outboundId = await stage.queuedDelivery()
      stage.vendor.setFault('too-long', { count: 1 })
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'failed',
      })
      expect(await stage.row(outboundId)).toMatchObject({ state: 'failed', finishedAt: expect.any(Date) })
    })

    it.each(['unknown-imei', 'no-line-rental'] as const)('parks for %s, and sends when resumed', async (reason) => {
      const outboundId = await stage.queuedDelivery()
      stage.vendor.setFault(reason, { count: 1 })
      const step = await stage.activities().tryDeliver({ outboundId, wish: 'send' })
      expect(step).toMatchObject({ step: 'parked', reason, whatToDo: expect.stringContaining('resume') })
      expect(await stage.row(outboundId)).toMatchObject({ state: 'parked', reasonCode: reason, finishedAt: null })
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'parked',
        reason,
      })
      expect(stage.vendor.sent).toHaveLength(0)
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'resume' })).toMatchObject({
        step: 'finished',
        state: 'sent',
      })
    })

    it.each(['login-wrong', 'no-credit'] as const)(
      'parks the account once for %s, holds the rest as rows, and drains them when a probe succeeds',
      async (reason) => {
        const { db, vendor } = stage
        const clock = { ms: Date.now() }
        let parks = 0
        const activities = stage.activities({ now: () => new Date(clock.ms), onAccount: () => (parks += 1) })
        const ids = [await stage.queuedDelivery(), await stage.queuedDelivery(), await stage.queuedDelivery()]
        const probe = (isResumed = false) => activities.probeAccount({ kind: 'modem', isResumed })
        vendor.setFault(reason)
        const held = { step: 'finished', state: 'held', reason }
        expect(await activities.tryDeliver({ outboundId: ids[0] ?? 0, wish: 'send' })).toMatchObject(held)
        expect(parks).toBe(1)
        for (const outboundId of ids) {
          expect(await activities.tryDeliver({ outboundId, wish: 'send' })).toMatchObject(held)
          expect(await stage.row(outboundId)).toMatchObject({ state: 'queued', lane: 'held' })
        }
        expect(vendor.requestCount).toBe(1)
        const account = await db.models.VendorAccount.findOne({ where: { kind: 'modem' } })
        expect(account).toMatchObject({ state: 'parked', reasonCode: reason, probeAt: expect.any(Date) })

        expect(await probe()).toMatchObject({ step: 'wait', reason, park: { whatToDo: expect.any(String) } })
        clock.ms += 60_000
        expect(await probe()).toMatchObject({ step: 'wait', reason })
        expect(vendor.requestCount).toBe(2)
        vendor.setFault(null)
        clock.ms += 60_000
        expect(await probe()).toEqual({ step: 'more', sent: 1 })
        // The log-in is asked for; credit shows by one delivery alone.
        expect(vendor.sent).toHaveLength(reason === 'no-credit' ? 1 : 0)
        expect(await probe()).toMatchObject({ step: 'more' })
        expect(await probe()).toEqual({ step: 'done', why: 'drained' })
        for (const outboundId of ids) await activities.tryDeliver({ outboundId, wish: 'send' })
        expect(vendor.sent).toHaveLength(3)
      },
    )

    it('resumes the account with any of its deliveries', async () => {
      const { db, vendor } = stage
      const [one, other] = [await stage.queuedDelivery(), await stage.queuedDelivery()]
      vendor.setFault('no-credit', { count: 1 })
      await stage.activities().tryDeliver({ outboundId: one, wish: 'send' })
      await stage.activities().tryDeliver({ outboundId: other, wish: 'send' })
      expect(await stage.activities().tryDeliver({ outboundId: other, wish: 'resume' })).toMatchObject({
        state: 'sent',
      })
      expect(await db.models.VendorAccount.findOne({ where: { kind: 'modem' } })).toMatchObject({ state: 'active' })
      expect(await stage.activities().probeAccount({ kind: 'modem', isResumed: false })).toMatchObject({ step: 'more' })
      expect(await stage.row(one)).toMatchObject({ lane: 'workflow' })
    })

    it('parks if no account is configured', async () => {
      const outboundId = await stage.queuedDelivery()
      expect(await stage.activities({ modemSender: null }).tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'parked',
        reason: 'not-configured',
      })
    })

    it('returns “unknown” if the client throws', async () => {
      const outboundId = await stage.queuedDelivery()
      const modemSender = { sendMt: () => Promise.reject(new Error('a bug')) }
      expect(await stage.activities({ modemSender }).tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'unknown',
      })
    })

    it('expires a delivery past its time to live, without asking the vendor', async () => {
      const outboundId = await stage.queuedDelivery({ expiresAt: new Date(Date.now() - 1) })
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'expired',
      })
      expect(await stage.row(outboundId)).toMatchObject({
        state: 'expired',
        reasonCode: 'expired',
        finishedAt: expect.any(Date),
      })
      expect(stage.vendor.requestCount).toBe(0)
    })

    it('returns the vendor’s answer as unrecorded while the database cannot be written', async () => {
      const { outboundId } = await stage.routedDelivery()
      let isAway = false
      const awayDb: Database = {
        ...stage.db,
        write: (work) => (isAway ? Promise.reject(new Error('SQLITE_IOERR')) : stage.db.write(work)),
      }
      const client = new RockBlockClient({ username: 'user', password: 'password', fetch: stage.vendor.fetch })
      const modemSender: ActivityDeps['modemSender'] = {
        async sendMt(message) {
          const result = await client.sendMt(message)
          isAway = true
          return result
        },
      }
      const step = await stage.activities({ db: awayDb, modemSender }).tryDeliver({ outboundId, wish: 'send' })
      expect(step).toMatchObject({
        step: 'unrecorded',
        record: { outcome: 'sent', vendorId: stage.vendor.sent[0]?.id },
      })
      if (step.step !== 'unrecorded') return
      expect(await stage.activities().recordOutcome(step.record)).toMatchObject({ step: 'finished', state: 'sent' })
      expect(await stage.row(outboundId)).toMatchObject({ state: 'sent', vendorId: stage.vendor.sent[0]?.id })
    }, 20_000)

    it('returns the vendor’s answer as unrecorded if the database does not respond at all', async () => {
      const { outboundId } = await stage.routedDelivery()
      let hasSent = false
      const db: Database = {
        ...stage.db,
        write: (work) => (hasSent ? new Promise<never>(() => undefined) : stage.db.write(work)),
      }
      const onDelivery: ActivityDeps['onDelivery'] = ({ state }) => void (hasSent = state === 'sending')
      const activities = stage.activities({ db, onDelivery, recordWithinMs: 50 })
      expect(await activities.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'unrecorded',
        record: { outcome: 'sent', vendorId: stage.vendor.sent[0]?.id },
      })
    })

    it('sends nothing if the database was too slow, and sends on the next attempt', async () => {
      const { outboundId } = await stage.routedDelivery()
      const slow = stage.activities({ sendWithinMs: -1 })
      expect(await slow.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'try-later',
        reason: 'database-slow',
        attempt: 1,
      })
      expect(stage.vendor.requestCount).toBe(0)
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
    })

    it('lets hanging targets hold up only their own kind', async () => {
      let letGo: () => void = () => undefined
      const hanging = new Promise<void>((resolve) => (letGo = resolve))
      const rockStarSender = { sendMessage: () => hanging.then(() => ({ outcome: 'sent', id: '1' }) as const) }
      const activities = stage.activities({ rockStarSender, slotWaitMs: 0 })
      const toRockStar = (serial: number): Promise<number> =>
        stage.queuedDelivery({ targetKind: 'rockstar', targetKey: `rockstar/${serial}`, serial: String(serial) })
      const ids = await Promise.all(Array.from({ length: 40 }, (_, index) => toRockStar(5_000 + index)))
      const steps = ids.map((outboundId) => activities.tryDeliver({ outboundId, wish: 'send' }))
      const busy = { step: 'try-later', reason: 'no-free-slot' }
      expect(await Promise.race(steps)).toMatchObject(busy)
      const outboundId = await stage.queuedDelivery()
      expect(await activities.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
      letGo()
      const ended = await Promise.all(steps)
      expect(ended.filter(({ step }) => step === 'finished')).toHaveLength(16)
      expect(ended.filter(({ step }) => step === 'try-later')).toHaveLength(24)
    })
  })
}
