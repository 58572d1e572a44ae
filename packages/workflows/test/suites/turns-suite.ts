import { insertPersonOutbound, listLostTurns, storeBatch } from '@paikea/database'
import { modemTarget } from '@paikea/delivery'
import { buildDevice, buildModem, buildRoute, newInbound } from '@paikea/database/testing'
import { buildRoutedPair, storeCommands, storePositions } from '@paikea/delivery/testing'
import type { ActivityStage } from './activity-stage.ts'

/** In which order deliveries leave. */
export function describeTurns(stage: ActivityStage): void {
  describe('turn-taking', () => {
    it('makes a delivery wait behind an earlier one to the same modem, and wakes it when that one is done', async () => {
      const pair = await buildRoutedPair(stage.db)
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 2 })
      const acting = stage.activities()
      const ids: number[] = []
      for (const { messageId } of messages) ids.push((await acting.actOnMessage(messageId)).deliveries[0] ?? 0)
      const [first = 0, second = 0] = ids
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({
        step: 'wait',
        expiresAtMs: expect.any(Number),
      })
      expect(await stage.row(second)).toMatchObject({ state: 'queued', waiting: true })
      expect(await acting.tryDeliver({ outboundId: first, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(stage.woken).toEqual([second])
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(await stage.row(second)).toMatchObject({ state: 'sent', waiting: false })
    })

    it('makes a delivery wait for an earlier message not acted on yet, and for that one’s delivery', async () => {
      const pair = await buildRoutedPair(stage.db)
      const [early, late] = await storePositions(stage.db, { imei: pair.imei, count: 2 })
      const acting = stage.activities()
      const [second = 0] = (await acting.actOnMessage(late?.messageId ?? 0)).deliveries
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ step: 'wait' })
      const [first = 0] = (await acting.actOnMessage(early?.messageId ?? 0)).deliveries
      // That message's own delivery goes before it: it is woken by that one's end.
      expect(stage.woken).toEqual([])
      expect(await acting.tryDeliver({ outboundId: second, wish: 'send' })).toMatchObject({ step: 'wait' })
      await acting.tryDeliver({ outboundId: first, wish: 'send' })
      expect(stage.woken).toEqual([second])
      await acting.tryDeliver({ outboundId: second, wish: 'send' })
      expect(stage.vendor.sent).toHaveLength(2)
    })

    it('wakes a delivery when the last message before it is acted on without a delivery', async () => {
      const pair = await buildRoutedPair(stage.db)
      const unrouted = () => newInbound({ imei: pair.imei, packetType: null, report: null })
      const [one, other] = (await storeBatch(stage.db, [unrouted(), unrouted()])).map((outcome) =>
        outcome.status === 'stored' ? outcome.stored.messageId : 0,
      )
      const [late] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const acting = stage.activities()
      const [waiting = 0] = (await acting.actOnMessage(late?.messageId ?? 0)).deliveries
      expect(await acting.tryDeliver({ outboundId: waiting, wish: 'send' })).toMatchObject({ step: 'wait' })
      await acting.actOnMessage(other ?? 0)
      expect(stage.woken).toEqual([])
      await acting.actOnMessage(one ?? 0)
      expect(stage.woken).toEqual([waiting])
      // What comes after it changes nothing for it.
      const [later] = await storeBatch(stage.db, [unrouted()])
      await acting.actOnMessage(later?.status === 'stored' ? later.stored.messageId : 0)
      expect(stage.woken).toEqual([waiting])
    })

    it('lists a turn as lost only while nobody has passed it on', async () => {
      const pair = await buildRoutedPair(stage.db)
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 3 })
      const acting = stage.activities()
      const ids: number[] = []
      for (const { messageId } of messages.slice(0, 2)) {
        ids.push((await acting.actOnMessage(messageId)).deliveries[0] ?? 0)
      }
      const setState = (id: number, state: 'accepted' | 'processed'): Promise<unknown> =>
        stage.db.write((transaction) =>
          stage.db.models.InboundMessage.update({ state }, { where: { id }, transaction }),
        )
      const [first = 0, second = 0] = ids
      await acting.tryDeliver({ outboundId: second, wish: 'send' })
      expect(await listLostTurns(stage.db, { limit: 10 })).not.toContain(second)
      await acting.tryDeliver({ outboundId: first, wish: 'send' })
      // It was woken, but no workflow runs here that would look.
      expect(await listLostTurns(stage.db, { limit: 10 })).toContain(second)
      await setState(messages[0]?.messageId ?? 0, 'accepted')
      expect(await listLostTurns(stage.db, { limit: 10 })).not.toContain(second)
      await setState(messages[0]?.messageId ?? 0, 'processed')
      await acting.tryDeliver({ outboundId: second, wish: 'send' })
      expect(await listLostTurns(stage.db, { limit: 10 })).not.toContain(second)
    })

    it('sends commands of two handsets and a person in order, whichever is acted on first', async () => {
      const one = await buildRoutedPair(stage.db)
      const modem = await buildModem(stage.db)
      await buildDevice(stage.db, { groupId: one.groupId, kind: 'handset', modemId: modem.id })
      await buildRoute(stage.db, { groupId: one.groupId, targetModemId: one.targetModemId })
      const command = async (imei: string, wish: boolean) => {
        const [message] = await storeCommands(stage.db, { imei, commands: [{ wish, transmitTime: null }] })
        return message?.messageId ?? 0
      }
      const on = await command(one.imei, true)
      const off = await command(modem.imei, false)
      const { groupId, targetModemId: modemId, targetImei: imei } = one
      const payload = Buffer.from('+DATA:PK007,60;')
      const address = { ...modemTarget(imei), modemId, endpointId: null, expiresAt: null }
      const rest = { text: payload.toString(), payload, credits: 1, createdAt: new Date() }
      const { outboundId: ofPerson } = await insertPersonOutbound(stage.db, { groupId, ...address, ...rest })
      const acting = stage.activities()
      const deliver = (outboundId: number) => acting.tryDeliver({ outboundId, wish: 'send' })
      expect(await deliver(ofPerson)).toMatchObject({ step: 'wait' })
      const [second = 0] = (await acting.actOnMessage(off)).deliveries
      expect(await deliver(second)).toMatchObject({ step: 'wait' })
      expect(await listLostTurns(stage.db, { limit: 10 })).not.toContain(second)
      const deliveries = (await acting.actOnMessage(on)).deliveries
      for (const outboundId of [...deliveries, second, ofPerson]) await deliver(outboundId)
      const texts = stage.vendor.sent.map(({ data }) => Buffer.from(data).toString())
      expect(texts.filter((text, index) => text !== texts[index - 1])).toEqual([
        '+DATA:PK005,1;',
        '+DATA:PK005,0;',
        '+DATA:PK007,60;',
      ])
    })

    it('does not hold a delivery up for a message of another device', async () => {
      const pair = await buildRoutedPair(stage.db)
      const other = await buildRoutedPair(stage.db)
      await storePositions(stage.db, { imei: other.imei, count: 1 })
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const acting = stage.activities()
      const [outboundId = 0] = (await acting.actOnMessage(message?.messageId ?? 0)).deliveries
      expect(await acting.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
    })

    it('passes the turn on from a cancelled, expired or refused delivery', async () => {
      const targetKey = `modem/${String(Date.now())}`
      const acting = stage.activities()
      const ids: number[] = []
      for (let orderKey = 1; orderKey <= 4; orderKey += 1) {
        const expiresAt = orderKey === 2 ? new Date(Date.now() - 1) : null
        ids.push(await stage.queuedDelivery({ targetKey, orderKey, ...(expiresAt === null ? {} : { expiresAt }) }))
      }
      const [cancelled = 0, expired = 0, failed = 0, last = 0] = ids
      expect(await acting.tryDeliver({ outboundId: last, wish: 'send' })).toMatchObject({ step: 'wait' })
      await acting.tryDeliver({ outboundId: cancelled, wish: 'cancel' })
      await acting.tryDeliver({ outboundId: expired, wish: 'send' })
      stage.vendor.setFault('not-hex', { count: 1 })
      await acting.tryDeliver({ outboundId: failed, wish: 'send' })
      expect(stage.woken).toEqual([last])
      expect(await acting.tryDeliver({ outboundId: last, wish: 'send' })).toMatchObject({ state: 'sent' })
    })

    it('keeps concurrent deliveries in order, without a signal inside one process', async () => {
      const pair = await buildRoutedPair(stage.db)
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 20 })
      const acting = stage.activities({ localTurnWaitMs: 5_000 })
      const other = stage.activities({ localTurnWaitMs: 5_000, wakeOutbound: (id) => stage.woken.push(-id) })
      const results = await Promise.all(messages.map((message) => acting.actOnMessage(message.messageId)))
      const ids = results.map((result) => result.deliveries[0] ?? 0)
      // Backwards, so that each but the first meets an earlier one.
      await Promise.all(ids.toReversed().map((outboundId) => acting.tryDeliver({ outboundId, wish: 'send' })))
      expect(stage.vendor.sent.map(({ data }) => Buffer.from(data).toString())).toEqual(await stage.textsOf(ids))
      expect(stage.woken).toEqual([])

      const more = await storePositions(stage.db, { imei: pair.imei, count: 10 })
      const moreIds = (await Promise.all(more.map((message) => other.actOnMessage(message.messageId)))).map(
        (result) => result.deliveries[0] ?? 0,
      )
      let open = moreIds
      while (open.length > 0) {
        const steps = await Promise.all(
          // Each by a process of its own.
          open.map((outboundId) => stage.activities().tryDeliver({ outboundId, wish: 'send' })),
        )
        open = open.filter((_id, index) => steps[index]?.step !== 'finished')
      }
      expect(stage.vendor.sent.slice(20).map(({ data }) => Buffer.from(data).toString())).toEqual(
        await stage.textsOf(moreIds),
      )
    }, 30_000)
  })
}
