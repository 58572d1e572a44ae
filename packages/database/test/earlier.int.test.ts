import { listEarlier, type EarlierLook } from '../src/mod.ts'
import type { DeliveryState } from '@paikea/domain'
import {
  buildDevice,
  buildInbound,
  buildOutbound,
  buildRoute,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '../src/testing/mod.ts'

describe.each(databaseKinds())('listEarlier() on %s', (kind) => {
  let db: TestDatabase

  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  type Changed = { readonly route?: number; readonly packetType?: string }

  /** A device with a route, and what makes its rows. */
  async function sea(): Promise<{
    readonly route: number
    readonly deliver: (state?: DeliveryState, changed?: Changed) => Promise<number>
    readonly open: () => Promise<number>
    /** Acts on an open message. */
    readonly deliverAs: (messageId: number) => Promise<void>
    readonly lookOf: (messageId: number, changed?: Partial<EarlierLook>) => EarlierLook
  }> {
    const { id: deviceId, groupId } = await buildDevice(db)
    const { id: route } = await buildRoute(db, { groupId })
    const ways = [{ routeId: route, targetKey: 'modem/1' }]
    const write = async (messageId: number, routeId: number, state: DeliveryState): Promise<void> => {
      const place = {
        causeKind: 'route',
        causeMessageId: messageId,
        orderKey: messageId,
        targetKey: 'modem/1',
      } as const
      await buildOutbound(db, { ...place, routeId, sourceDeviceId: deviceId, state })
    }
    return {
      route,
      deliver: async (state = 'sent', { packetType = 'PK001', route: routeId = route } = {}) => {
        const causeMessageId = Number((await buildInbound(db, { deviceId, packetType, state: 'processed' })).id)
        await write(causeMessageId, routeId, state)
        return causeMessageId
      },
      deliverAs: async (messageId) => {
        await db.write((transaction) =>
          db.models.InboundMessage.update({ state: 'processed' }, { where: { id: messageId }, transaction }),
        )
        await write(messageId, route, 'sent')
      },
      open: async () => Number((await buildInbound(db, { deviceId, state: 'accepted' })).id),
      lookOf: (messageId, changed) => ({
        messageId,
        deviceId,
        packetType: 'PK001',
        ways,
        isReopened: false,
        maxDeliveries: 5,
        ...changed,
      }),
    }
  }

  it('finds the last delivery before each message, but none of other devices', async () => {
    const [one, other] = [await sea(), await sea()]
    const [first, second, third] = [await one.deliver(), await one.deliver(), await one.deliver()]
    const theirs = await other.deliver()
    const way = { routeId: one.route, targetKey: 'modem/1' }
    const looks = [one.lookOf(first), one.lookOf(third), one.lookOf(theirs + 1), other.lookOf(theirs)]
    expect(await listEarlier(db, { looks })).toEqual([
      { beforeId: third, messageId: second, way },
      { beforeId: theirs + 1, messageId: third, way },
    ])
  })

  it('looks past failed deliveries, and those of other types and routes, up to a limit', async () => {
    const { lookOf, deliver, route } = await sea()
    const { id: otherRoute } = await buildRoute(db)
    const wanted = await deliver()
    const command = await deliver('queued', { packetType: 'PK005' })
    const byOther = await deliver('sent', { route: otherRoute })
    await deliver('failed')
    const last = await deliver('cancelled')
    const found = (await listEarlier(db, { looks: [lookOf(last + 1)] })).map(({ messageId }) => messageId)
    expect(found).toEqual([byOther, command, wanted])
    const near = await listEarlier(db, { looks: [lookOf(last + 1, { maxDeliveries: 4 })] })
    expect(near.map(({ messageId }) => messageId)).toEqual([byOther, command])
    expect(near[1]).toEqual({ beforeId: last + 1, messageId: command, way: { routeId: route, targetKey: 'modem/1' } })
  })

  it('finds a message that is still to be acted on', async () => {
    const { lookOf, deliver, open } = await sea()
    const waiting = await open()
    await deliver('expired')
    const last = await open()
    expect(await listEarlier(db, { looks: [lookOf(last)] })).toEqual([
      { beforeId: last, messageId: waiting, way: null },
    ])
  })

  it('finds a message that is acted on while it looks', async () => {
    const { lookOf, deliverAs, open } = await sea()
    const waiting = await open()
    const last = await open()
    const query = db.sequelize.query.bind(db.sequelize)
    // After the first look that sees a message or a delivery of this device, another process acts on the message.
    const spy = jest.spyOn(db.sequelize, 'query')
    let isActedOn = false
    spy.mockImplementation((async (...args: Parameters<typeof query>) => {
      const rows = await query(...args)
      if (isActedOn || !/outbound_messages|device_id/.test(JSON.stringify(args[0]))) return rows
      isActedOn = true
      await deliverAs(waiting)
      return rows
    }) as typeof query)
    try {
      const found = await listEarlier(db, { looks: [lookOf(last)] })
      expect(found.map(({ messageId }) => messageId)).toContain(waiting)
    } finally {
      spy.mockRestore()
    }
    expect(isActedOn).toBe(true)
  })

  it('handles more looks than fit into one statement', async () => {
    const { lookOf, deliver } = await sea()
    const messageId = await deliver()
    const looks = Array.from({ length: 250 }, (_, index) => lookOf(messageId + 1 + index))
    expect((await listEarlier(db, { looks })).filter(({ way }) => way !== null)).toHaveLength(250)
  })
})
