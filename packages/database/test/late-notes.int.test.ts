import {
  finishOutbound,
  listUndispatchedOutbound,
  markDispatched,
  recordAttempts,
  resumeOutbound,
  type AttemptEnd,
  type DeliveryRow,
} from '@paikea/database'
import { buildOutbound, databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

const BEGAN = new Date('2026-03-01T10:00:00Z')
const everything = { all: true } as const

describe.each(databaseKinds())('late records on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const rowOf = (id: number) => db.models.OutboundMessage.findByPk(id, { rejectOnEmpty: true })
  const change = (id: number, to: Partial<Pick<DeliveryRow, 'state' | 'reasonCode' | 'resentAs' | 'releasedAt'>>) =>
    db.write((transaction) => db.models.OutboundMessage.update(to, { where: { id }, transaction }))
  const begin = (outboundId: number) =>
    db.write((transaction) =>
      db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: BEGAN }, { transaction }),
    )

  describe('the end of an attempt already judged unknown', () => {
    const end = (outboundId: number, state: 'queued' | 'parked' | 'failed' | 'sent'): Promise<void> => {
      const written: AttemptEnd = {
        outboundId,
        attempt: 1,
        finishedAt: new Date(),
        outcome: 'try-later',
        state,
        reasonCode: 'no-connection',
        reasonDetail: 'There was no connection.',
        vendorId: null,
        status: null,
        latencyMs: 5,
        answer: null,
        retryAt: null,
        lane: null,
      }
      return db.write((tx) => recordAttempts(db, { ends: [written] }, tx))
    }
    let queue = 0
    /** Two deliveries of one queue; the first was begun, and the fence found no end of it. */
    const judge = async () => {
      queue += 1
      const targetKey = `modem/${queue}`
      const first = Number((await buildOutbound(db, { state: 'sending', targetKey, orderKey: 1 })).id)
      const second = Number((await buildOutbound(db, { state: 'queued', targetKey, orderKey: 2 })).id)
      await begin(first)
      const reason = { reasonCode: 'no-answer-recorded', reasonDetail: 'It may have been sent.' }
      await db.write((tx) => finishOutbound(db, { outboundId: first, state: 'unknown', ...reason, at: new Date() }, tx))
      return { first, second }
    }

    it.each(['queued', 'parked'] as const)('sets the delivery to %s if the message never left', async (state) => {
      const { first } = await judge()
      await end(first, state)
      expect(await rowOf(first)).toMatchObject({
        state,
        lane: 'workflow',
        reasonCode: 'no-connection',
        finishedAt: null,
        workflowStartedAt: null,
      })
    })

    it('marks the delivery failed if a later one was tried meanwhile, or if it was resent', async () => {
      const overtaken = await judge()
      await begin(overtaken.second)
      await end(overtaken.first, 'queued')
      expect(await rowOf(overtaken.first)).toMatchObject({ state: 'failed', reasonCode: 'no-connection' })
      const resent = await judge()
      await change(resent.first, { resentAs: resent.second })
      await end(resent.first, 'queued')
      expect(await rowOf(resent.first)).toMatchObject({ state: 'failed' })
      expect((await rowOf(resent.first)).finishedAt).not.toBeNull()
    })

    it('leaves a delivery alone if a person settled it or it is unknown for another reason', async () => {
      const { first } = await judge()
      await change(first, { reasonCode: 'timeout' })
      await end(first, 'queued')
      expect(await rowOf(first)).toMatchObject({ state: 'unknown', reasonCode: 'timeout' })
      const settled = await judge()
      await change(settled.first, { state: 'sent' })
      await end(settled.first, 'failed')
      expect(await rowOf(settled.first)).toMatchObject({ state: 'sent' })
    })
  })

  describe('the record of a workflow start', () => {
    const undispatched = async (): Promise<readonly number[]> =>
      (
        await listUndispatchedOutbound(db, {
          limit: 100,
          inFront: 4,
          settledBefore: new Date(Date.now() + 3_600_000),
          startedBefore: null,
        })
      ).map(({ outboundId }) => outboundId)
    const note = (id: number, askedMsAgo: number): Promise<void> =>
      markDispatched(db, { rows: [{ table: 'outbound', id, at: new Date(Date.now() - askedMsAgo) }] })

    it('does not count if the delivery was released after that start was requested', async () => {
      const id = Number((await buildOutbound(db, { state: 'parked', targetKey: 'modem/started' })).id)
      await note(id, 0)
      expect((await rowOf(id)).workflowStartedAt).not.toBeNull()
      await resumeOutbound(db, { outboundId: id, scope: everything })
      // Asked for a minute ago, parked and resumed since, and noted only now.
      await note(id, 60_000)
      expect(await undispatched()).toContain(id)
      const later = new Date(Date.now() - 30_000)
      await change(id, { releasedAt: later })
      await note(id, 0)
      expect(await undispatched()).not.toContain(id)
    })
  })
})
