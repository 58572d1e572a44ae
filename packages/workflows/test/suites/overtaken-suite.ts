import type { DeliveryState } from '@paikea/domain'
import { findInbound } from '@paikea/database'
import { buildDevice, buildModem, buildRoute } from '@paikea/database/testing'
import type { InboundResult } from '../../src/contract/mod.ts'
import { buildRoutedPair, storeCommands, storePositions } from '@paikea/delivery/testing'
import type { ActivityStage } from './activity-stage.ts'

/** What becomes of a message that a later one of the same device has overtaken on its way to us. */
export function describeOvertaking(stage: ActivityStage): void {
  describe('actOnMessage() on a message that was overtaken', () => {
    const clock = (time: string): Date => new Date(`2026-11-24T${time}Z`)
    const skipped = (routeId: number, reason = 'overtaken'): Partial<InboundResult> => ({
      state: 'processed',
      deliveries: [],
      skipped: [{ routeId, reason }],
    })
    const sentOn = { deliveries: [expect.any(Number)], skipped: [] }

    /** Stores one position after the other, as retries fall. */
    async function storeFixes(imei: string, fixes: readonly string[]): Promise<number[]> {
      const ids: number[] = []
      for (const fix of fixes) {
        const [message] = await storePositions(stage.db, { imei, count: 1, fixAt: clock(fix) })
        ids.push(message?.messageId ?? 0)
      }
      return ids
    }

    /** Acts on each by itself, in this order. */
    async function act(messageIds: readonly number[]): Promise<InboundResult[]> {
      const acting = stage.activities()
      const results: InboundResult[] = []
      for (const messageId of messageIds) results.push(await acting.actOnMessage(messageId))
      return results
    }

    /** Acts on all together: the first goes alone, the others share a transaction. */
    async function actTogether(messageIds: readonly number[]): Promise<InboundResult[]> {
      const acting = stage.activities()
      const first = acting.actOnMessage(999_999_999)
      const results = messageIds.map((messageId) => acting.actOnMessage(messageId))
      await first
      return Promise.all(results)
    }

    const setState = (id: number, state: DeliveryState): Promise<unknown> =>
      stage.db.write((transaction) =>
        stage.db.models.OutboundMessage.update({ state, finishedAt: new Date() }, { where: { id }, transaction }),
      )

    it.each([
      ['one by one', act],
      ['together', actTogether],
    ])('skips an older position stored later, acted on %s', async (_title, actOn) => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const ids = await storeFixes(imei, ['10:20:00', '10:10:00', '10:30:00', '10:29:59'])
      expect(await actOn(ids)).toMatchObject([sentOn, skipped(routeId), sentOn, skipped(routeId)])
      const kept = await Promise.all(ids.map((id) => findInbound(stage.db, { scope: { all: true }, id })))
      const overtaken = [{ routeId, reason: 'overtaken' }]
      expect(kept.map((message) => message?.skippedRoutes)).toEqual([[], overtaken, [], overtaken])
    })

    it('changes nothing when run again, and returns the same', async () => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const ids = await storeFixes(imei, ['10:20:00', '10:10:00', '10:30:00'])
      const first = await act(ids)
      expect(first).toMatchObject([sentOn, skipped(routeId), sentOn])
      expect(await act(ids)).toEqual(first)
      expect(await stage.db.models.OutboundMessage.count({ where: { causeMessageId: ids } })).toBe(2)
    })

    it('writes the same deliveries when two processes act at once', async () => {
      const { imei } = await buildRoutedPair(stage.db)
      const fixes = Array.from({ length: 20 }, (_, index) => `10:${30 + (index % 2 === 0 ? index : -index)}:00`)
      const ids = await storeFixes(imei, fixes)
      const [one, other] = [stage.activities(), stage.activities()]
      const results = await Promise.all(ids.flatMap((id) => [one.actOnMessage(id), other.actOnMessage(id)]))
      expect(await stage.db.models.OutboundMessage.count({ where: { causeMessageId: ids } })).toBe(10)
      expect(results.filter((result) => result.deliveries.length > 0 && result.skipped.length > 0)).toEqual([])
    })

    it('skips a position even if the newer one before it is still to be acted on', async () => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const [newer = 0, older = 0] = await storeFixes(imei, ['10:20:00', '10:10:00'])
      expect(await act([older, newer])).toMatchObject([skipped(routeId), sentOn])
    })

    it('delivers positions that came in order in that order, whichever is acted on first', async () => {
      const { imei } = await buildRoutedPair(stage.db)
      const [older = 0, newer = 0] = await storeFixes(imei, ['10:10:00', '10:20:00'])
      const results = await act([newer, older])
      expect(results).toMatchObject([sentOn, sentOn])
      const texts = await stage.textsOf(results.flatMap((result) => result.deliveries))
      expect(texts).toEqual([expect.stringContaining(',101000.000,'), expect.stringContaining(',102000.000,')])
    })

    it.each<[DeliveryState, boolean]>([
      ['sent', true],
      ['confirmed', true],
      ['parked', true],
      ['unknown', true],
      ['failed', false],
      ['cancelled', false],
      ['expired', false],
    ])('counts a newer one that is %s as overtaking: %p', async (state, overtakes) => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const [newer = 0, older = 0] = await storeFixes(imei, ['10:20:00', '10:10:00'])
      const [first] = await act([newer])
      await setState(first?.deliveries[0] ?? 0, state)
      expect(await act([older])).toMatchObject([overtakes ? skipped(routeId) : sentOn])
    })

    it('sends by a route that did not have the newer one', async () => {
      const { imei, routeId, groupId, deviceId } = await buildRoutedPair(stage.db)
      const [newer = 0, older = 0] = await storeFixes(imei, ['10:20:00', '10:10:00'])
      await act([newer])
      const other = await buildRoute(stage.db, { groupId, sourceDeviceId: deviceId })
      const [result] = await act([older])
      expect(result).toMatchObject({ skipped: [{ routeId, reason: 'overtaken' }], deliveries: [expect.any(Number)] })
      expect(await stage.row(result?.deliveries[0] ?? 0)).toMatchObject({ routeId: other.id })
    })

    it('sends by a route that has a new target since then', async () => {
      const { imei, routeId, groupId } = await buildRoutedPair(stage.db)
      const [newer = 0, older = 0] = await storeFixes(imei, ['10:20:00', '10:10:00'])
      await act([newer])
      const { endpointId } = await buildRoute(stage.db, { groupId, sourceKind: 'rockstar' })
      await stage.db.write((transaction) =>
        stage.db.models.Route.update({ endpointId }, { where: { id: routeId }, transaction }),
      )
      expect(await act([older])).toMatchObject([sentOn])
    })

    it('sends an older position of another device by the same route', async () => {
      const { imei, routeId, groupId } = await buildRoutedPair(stage.db)
      await stage.db.write((transaction) =>
        stage.db.models.Route.update({ sourceDeviceId: null }, { where: { id: routeId }, transaction }),
      )
      const modem = await buildModem(stage.db)
      await buildDevice(stage.db, { groupId, modemId: modem.id })
      const ids = [...(await storeFixes(imei, ['10:20:00'])), ...(await storeFixes(modem.imei, ['10:10:00']))]
      expect(await actTogether(ids)).toMatchObject([sentOn, sentOn])
    })

    it('skips a repeat as a repeat, not as overtaken', async () => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const ids = await storeFixes(imei, ['10:10:00', '10:20:00', '10:10:00'])
      expect(await act(ids)).toMatchObject([sentOn, sentOn, skipped(routeId, 'repeat')])
    })

    it.each([
      ['one by one', act],
      ['together', actTogether],
    ])('skips an older command stored later, acted on %s', async (_title, actOn) => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const messages = await storeCommands(stage.db, {
        imei,
        commands: [
          { wish: false, transmitTime: clock('10:05:00') },
          { wish: true, transmitTime: clock('10:00:00') },
          // Of the same second nobody knows which was first.
          { wish: true, transmitTime: clock('10:05:00') },
          // Without a time of the vendor's, that of arrival counts.
          { wish: false, transmitTime: null, receivedAt: clock('10:04:59') },
        ],
      })
      expect(await actOn(messages.map((message) => message.messageId))).toMatchObject([
        sentOn,
        skipped(routeId),
        sentOn,
        skipped(routeId),
      ])
    })

    it('does not let another kind of command, or a position, overtake a command', async () => {
      const { imei } = await buildRoutedPair(stage.db)
      const newer = await storeCommands(stage.db, { imei, commands: [{ wish: 20, transmitTime: clock('10:05:00') }] })
      const fixes = await storeFixes(imei, ['10:20:00'])
      const older = await storeCommands(stage.db, { imei, commands: [{ wish: true, transmitTime: clock('10:00:00') }] })
      const ids = [...newer.map((message) => message.messageId), ...fixes, ...older.map((message) => message.messageId)]
      expect(await act(ids)).toMatchObject([sentOn, sentOn, sentOn])
    })

    it('skips an older command even behind many positions of the same device', async () => {
      const { imei, routeId } = await buildRoutedPair(stage.db)
      const [off] = await storeCommands(stage.db, {
        imei,
        commands: [{ wish: false, transmitTime: clock('10:05:00') }],
      })
      await act([off?.messageId ?? 0])
      await actTogether((await storePositions(stage.db, { imei, count: 60 })).map((message) => message.messageId))
      const [on] = await storeCommands(stage.db, { imei, commands: [{ wish: true, transmitTime: clock('10:00:00') }] })
      expect(await act([on?.messageId ?? 0])).toMatchObject([skipped(routeId)])
    })
  })
}
