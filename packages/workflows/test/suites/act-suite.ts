import { deleteDevice, loadOutboundForDispatch, storeBatch, type UndispatchedOutbound } from '@paikea/database'
import { buildInbound, buildRoute, newInbound, newReport } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { buildWebhook } from '@paikea/rockblock-client/testing'
import { buildRoutedPair, storeCommands, storePositions } from '@paikea/delivery/testing'
import type { ActivityStage } from './activity-stage.ts'

/** What becomes of a message. */
export function describeActing(stage: ActivityStage): void {
  describe('actOnMessage()', () => {
    it('writes one delivery per matching route, announces it and marks the message processed', async () => {
      const pair = await buildRoutedPair(stage.db)
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const messageId = message?.messageId ?? 0
      const result = await stage.activities().actOnMessage(messageId)

      expect(result).toMatchObject({ messageId, state: 'processed', deliveries: [expect.any(Number)], skipped: [] })
      expect(stage.announced).toEqual(result.deliveries)
      const inbound = await stage.db.models.InboundMessage.findByPk(messageId)
      expect(inbound).toMatchObject({ state: 'processed', processedAt: expect.any(Date) })
      const row = await stage.row(result.deliveries[0] ?? 0)
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

    it('announces a delivery with everything that the sweep would read of it', async () => {
      const pair = await buildRoutedPair(stage.db)
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const told: UndispatchedOutbound[] = []
      const acting = stage.activities({ notifyOutbound: (rows) => void told.push(...rows) })
      const { deliveries } = await acting.actOnMessage(message?.messageId ?? 0)
      const { imei, iam } = pair
      expect(told).toMatchObject([{ cause: { kind: 'route', messageId: message?.messageId, imei, iam } }])
      expect(told).toEqual(await loadOutboundForDispatch(stage.db, { outboundIds: deliveries }))
    })

    it('changes nothing when run again, and returns the same deliveries', async () => {
      const pair = await buildRoutedPair(stage.db)
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
      const messageId = message?.messageId ?? 0
      const first = await stage.activities().actOnMessage(messageId)
      const again = await stage.activities().actOnMessage(messageId)
      expect(again.deliveries).toEqual(first.deliveries)
      expect(await stage.db.models.OutboundMessage.count({ where: { causeMessageId: messageId } })).toBe(1)
    })

    it('writes each delivery once when two processes act on the same messages', async () => {
      const pair = await buildRoutedPair(stage.db)
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 20 })
      const [one, other] = [stage.activities(), stage.activities()]
      await Promise.all(
        messages.flatMap(({ messageId }) => [one.actOnMessage(messageId), other.actOnMessage(messageId)]),
      )
      const ids = messages.map((message) => message.messageId)
      expect(await stage.db.models.OutboundMessage.count({ where: { causeMessageId: ids } })).toBe(20)
    })

    it('acts on many messages together as on each alone', async () => {
      const pair = await buildRoutedPair(stage.db)
      await buildRoute(stage.db, { groupId: pair.groupId, sourceKind: 'buoy', messageType: 'PK001' })
      await buildRoute(stage.db, { groupId: pair.groupId, sourceKind: 'buoy', enabled: false })
      const messages = await storePositions(stage.db, { imei: pair.imei, count: 30 })
      const acting = stage.activities()
      const results = await Promise.all(messages.map((message) => acting.actOnMessage(message.messageId)))
      expect(results.map((result) => result.deliveries.length)).toEqual(messages.map(() => 2))
      expect(new Set(stage.announced).size).toBe(60)
    })

    it('skips a repeat for a target that costs money, and returns the reason', async () => {
      const pair = await buildRoutedPair(stage.db)
      const fixAt = new Date('2026-11-24T10:00:00.000Z')
      await storePositions(stage.db, { imei: pair.imei, count: 1, fixAt })
      const [repeat] = await storePositions(stage.db, { imei: pair.imei, count: 1, fixAt })
      expect(repeat?.isRepeat).toBe(true)
      const result = await stage.activities().actOnMessage(repeat?.messageId ?? 0)
      expect(result).toMatchObject({ deliveries: [], skipped: [{ routeId: pair.routeId, reason: 'repeat' }] })
    })

    it('sends a repeat by a new route, and after a failed delivery', async () => {
      const pair = await buildRoutedPair(stage.db)
      const { groupId, imei, routeId } = pair
      const fixAt = new Date('2026-11-24T11:00:00.000Z')
      const act = async () => {
        const [message] = await storePositions(stage.db, { imei, count: 1, fixAt })
        return stage.activities().actOnMessage(message?.messageId ?? 0)
      }
      const repeat = (id: number) => ({ routeId: id, reason: 'repeat' })
      const { deliveries } = await act()
      const { id: newRouteId } = await buildRoute(stage.db, { groupId, sourceKind: 'buoy', messageType: 'PK001' })
      expect(await act()).toMatchObject({ deliveries: [expect.any(Number)], skipped: [repeat(routeId)] })
      expect(await act()).toMatchObject({ deliveries: [], skipped: [repeat(routeId), repeat(newRouteId)] })
      await stage.db.write((transaction) =>
        stage.db.models.OutboundMessage.update(
          { state: 'failed', finishedAt: new Date() },
          { where: { id: [...deliveries] }, transaction },
        ),
      )
      expect(await act()).toMatchObject({ deliveries: [expect.any(Number)], skipped: [repeat(newRouteId)] })
    })

    it('forwards a tracker’s command once, even if it carries the tracker’s position', async () => {
      const { imei, targetImei, routeId } = await buildRoutedPair(stage.db)
      const intake = createIntake({ db: stage.db })
      const results = []
      // The same fix each time: the reports after the first are repeats, the second command is none, and no position has gone
      // out when the first plain one comes. "c" is "b" once more, by way of Iridium; "e" is the position once more.
      for (const [id, message, source] of [
        ['a', 'IRD update 20 min', 'GPS'],
        ['b', 'Beacon ON', 'GPS'],
        ['c', 'Beacon ON', 'IRIDIUM'],
        ['d', undefined, 'GPS'],
        ['e', undefined, 'GPS'],
      ] as const) {
        const push = buildWebhook({ format: 'core-push', fields: { id: `${imei}/${id}`, imei, message, source } })
        const accepted = await intake.accept({
          ...push,
          format: 'core-push',
          receivedAt: new Date(),
          sourceAddress: null,
          hasSecret: true,
        })
        const stored = accepted.status === 'accepted' ? accepted.stored : null
        expect(stored).toMatchObject({ imei, report: { hasFix: source === 'GPS' }, isRepeat: 'bde'.includes(id) })
        results.push(await stage.activities().actOnMessage(stored?.messageId ?? 0))
      }
      const twice = { deliveries: [], skipped: [{ routeId, reason: 'repeat' }] }
      expect(results).toMatchObject([{ skipped: [] }, { skipped: [] }, twice, { skipped: [] }, twice])
      const sent = results.flatMap(({ deliveries }) => deliveries)
      const position = expect.stringMatching(/^\+DATA:PK004,/)
      expect(await stage.textsOf(sent)).toEqual(['+DATA:PK006,20;', '+DATA:PK005,1;', position])
      expect(await stage.row(sent[0] ?? 0)).toMatchObject({ imei: targetImei })
    })

    it('skips a beacon command to a buoy whose reports reveal firmware v3', async () => {
      const { imei, targetImei, routeId } = await buildRoutedPair(stage.db)
      const command = async () => {
        const [message] = await storeCommands(stage.db, { imei, commands: [{ wish: true, transmitTime: null }] })
        return stage.activities().actOnMessage(message?.messageId ?? 0)
      }
      expect(await command()).toMatchObject({ deliveries: [expect.any(Number)], skipped: [] })
      const report = newReport({ packetType: 'PK101', intervalMinutes: 20 })
      await storeBatch(stage.db, [newInbound({ imei: targetImei, report })])
      expect(await command()).toMatchObject({ deliveries: [], skipped: [{ routeId, reason: 'command-not-supported' }] })
    })

    it('marks a message of an unclaimed modem as processed', async () => {
      const [message] = await storePositions(stage.db, { imei: '300999000000001', count: 1 })
      expect(await stage.activities().actOnMessage(message?.messageId ?? 0)).toMatchObject({
        state: 'processed',
        deliveries: [],
      })
    })

    it('forwards nothing from a device that was deleted before its message came', async () => {
      const pair = await buildRoutedPair(stage.db)
      await buildRoute(stage.db, {
        groupId: pair.groupId,
        sourceKind: 'buoy',
        sourceDeviceId: null,
        messageType: 'any',
        targetModemId: pair.targetModemId,
      })
      // It was sent, and the vendor had it, before that.
      await deleteDevice(stage.db, { id: pair.deviceId, now: new Date(Date.now() + 3_600_000) })
      const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1, fixAt: new Date() })
      expect(message?.iam).toBe(pair.iam)
      expect(await stage.activities().actOnMessage(message?.messageId ?? 0)).toMatchObject({
        state: 'processed',
        deliveries: [],
      })
    })

    it('leaves a quarantined message quarantined', async () => {
      const message = await buildInbound(stage.db, { state: 'quarantined' })
      expect(await stage.activities().actOnMessage(Number(message.id))).toMatchObject({ state: 'quarantined' })
      expect((await message.reload()).state).toBe('quarantined')
    })

    it('returns the state “missing” for an unknown message', async () => {
      expect(await stage.activities().actOnMessage(999_999_999)).toMatchObject({ state: 'missing' })
    })
  })
}
