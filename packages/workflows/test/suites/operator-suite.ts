import {
  cancelOutbound,
  listUndispatchedInbound,
  listUndispatchedOutbound,
  markDispatched,
  resendOutbound,
  resumeOutbound,
  settleAsArrived,
} from '@paikea/database'
import { NotDurableError } from '@paikea/intake'
import { commandEnvelope } from '../../src/testing/envelope.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'
import type { ActivityStage } from './activity-stage.ts'

/** What an operator, the sweep and the outage path do. */
export function describeOperating(stage: ActivityStage): void {
  describe('an operator', () => {
    it('resumes a parked delivery in the database, and the sweep finds it', async () => {
      const outboundId = await stage.queuedDelivery({
        state: 'parked',
        reasonCode: 'no-credit',
        workflowStartedAt: new Date(),
      })
      expect(await resumeOutbound(stage.db, { outboundId, scope: { all: true } })).toEqual({ status: 'done' })
      // What it was parked for is put right; the attempts keep it.
      expect(await stage.row(outboundId)).toMatchObject({ state: 'queued', reasonCode: null, reasonDetail: null })
      const swept = await listUndispatchedOutbound(stage.db, {
        limit: 1_000,
        settledBefore: new Date(Date.now() + 1_000),
        startedBefore: null,
        inFront: 4,
      })
      expect(swept.map((row) => row.outboundId)).toContain(outboundId)
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(await resumeOutbound(stage.db, { outboundId, scope: { all: true } })).toEqual({
        status: 'refused',
        state: 'sent',
      })
    })

    it('resends an unknown delivery only once, and settles it as arrived', async () => {
      const { db } = stage
      const { outboundId } = await stage.routedDelivery()
      const wish = { outboundId, scope: { all: true }, at: new Date(), livesMs: 60_000 } as const
      expect(await db.write((tx) => resendOutbound(db, wish, tx))).toEqual({ status: 'refused', state: 'queued' })
      stage.vendor.setFault('timeout', { count: 1 })
      await stage.activities().tryDeliver({ outboundId, wish: 'send' })
      const made = await db.write((tx) => resendOutbound(db, wish, tx))
      expect(made).toMatchObject({ status: 'done' })
      if (made.status !== 'done') return
      expect(await db.write((tx) => resendOutbound(db, wish, tx))).toEqual({ ...made, status: 'resent' })
      expect(await stage.row(made.outboundId)).toMatchObject({ generation: 1, resendOf: outboundId })
      await stage.activities().tryDeliver({ outboundId: made.outboundId, wish: 'send' })
      expect(stage.vendor.sent).toHaveLength(2)
      expect(await db.write((tx) => settleAsArrived(db, wish, tx))).toEqual({ status: 'done' })
      const row = await stage.row(outboundId)
      expect(row).toMatchObject({ state: 'sent', reasonCode: 'said-to-have-arrived', sentAt: expect.any(Date) })
    })

    it('cancels a delivery that has not left, but only within the operator’s groups', async () => {
      const { outboundId } = await stage.routedDelivery()
      const { groupId } = await stage.row(outboundId)
      const at = new Date()
      expect(await cancelOutbound(stage.db, { outboundId, scope: { groupIds: [] }, at })).toEqual({
        status: 'not-found',
      })
      expect(await cancelOutbound(stage.db, { outboundId, scope: { groupIds: [(groupId ?? 0) + 1] }, at })).toEqual({
        status: 'not-found',
      })
      expect(await cancelOutbound(stage.db, { outboundId, scope: { groupIds: [groupId ?? 0] }, at })).toEqual({
        status: 'done',
      })
      expect(await stage.activities().tryDeliver({ outboundId, wish: 'send' })).toMatchObject({
        step: 'finished',
        state: 'cancelled',
      })
      expect(stage.vendor.requestCount).toBe(0)
    })
  })

  describe('the sweep', () => {
    it('finds messages not started, oldest first, and those started long ago', async () => {
      const pair = await buildRoutedPair(stage.db)
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 3 })
      const ids = messages.map((message) => message.messageId)
      const mine = async (startedBefore: Date | null): Promise<number[]> => {
        const settledBefore = new Date(Date.now() + 1_000)
        const rows = await listUndispatchedInbound(stage.db, {
          limit: 1_000,
          settledBefore,
          startedBefore,
          imeis: [pair.imei],
        })
        return rows.map((row) => row.messageId)
      }
      expect(await mine(null)).toEqual(ids)
      const times = [new Date('2026-01-01T00:00:00.123Z'), new Date('2026-01-01T00:00:00.456Z')]
      const rows = times.map((at, n) => ({ table: 'inbound', id: ids[n] ?? 0, at }) as const)
      await markDispatched(stage.db, { rows })
      const noted = await stage.db.models.InboundMessage.findAll({ where: { id: ids.slice(0, 2) }, order: ['id'] })
      expect(noted.map((row) => row.workflowStartedAt)).toEqual(times)
      expect(await mine(null)).toEqual(ids.slice(2))
      expect(await mine(new Date('2026-06-01T00:00:00.000Z'))).toEqual(ids.slice(0, 2))
      await stage.activities().actOnMessage(ids[0] ?? 0)
      expect(await mine(new Date('2026-06-01T00:00:00.000Z'))).toEqual(ids.slice(1, 2))
      const marked = await stage.db.models.InboundMessage.findByPk(ids[0] ?? 0)
      expect(marked?.workflowId).toBe(`inbound/${marked?.duplicateKey}`)
    })

    it('leaves newly written rows alone', async () => {
      const pair = await buildRoutedPair(stage.db)
      await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const settledBefore = new Date(Date.now() - 60_000)
      expect(
        await listUndispatchedInbound(stage.db, { limit: 10, settledBefore, startedBefore: null, imeis: [pair.imei] }),
      ).toEqual([])
    })
  })

  describe('the sweep, after the clock was set back', () => {
    it('finds rows written before that', async () => {
      const pair = await buildRoutedPair(stage.db)
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const { deliveries } = await stage.activities().actOnMessage(message?.messageId ?? 0)
      const hourBefore = new Date(Date.now() - 3_600_000)
      const args = { limit: 1_000, settledBefore: hourBefore, startedBefore: null, inFront: 4 }
      const outbound = await listUndispatchedOutbound(stage.db, args)
      expect(outbound.map((row) => row.outboundId)).toEqual(expect.arrayContaining([...deliveries]))
      const [open] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const inbound = await listUndispatchedInbound(stage.db, args)
      expect(inbound.map((row) => row.messageId)).toContain(open?.messageId)
    })
  })

  describe('putThroughIntake()', () => {
    it('stores an envelope once, however often it comes', async () => {
      const pair = await buildRoutedPair(stage.db)
      const envelope = commandEnvelope(pair.imei, true, '10:00:00')
      const first = await stage.activities().putThroughIntake(envelope)
      expect(first).toEqual({ status: 'held', messageId: expect.any(Number) })
      expect(await stage.activities().putThroughIntake(envelope)).toEqual(first)
      if (first.status !== 'held') return
      const { deliveries } = await stage.activities().actOnMessage(first.messageId)
      expect((await stage.row(deliveries[0] ?? 0)).text).toBe('+DATA:PK005,1;')
    })

    it('reports the database as unavailable even if the intake knows that without asking', async () => {
      const acceptEnvelope = () => Promise.reject(new NotDurableError('the database is unreachable'))
      const acting = stage.activities({ intake: { acceptEnvelope } })
      const failure = { type: 'database-unavailable', message: expect.stringContaining('unreachable') }
      const envelope = commandEnvelope('300234010000001', true, '10:00:00')
      await expect(acting.putThroughIntake(envelope)).rejects.toMatchObject(failure)
    })
  })
}
