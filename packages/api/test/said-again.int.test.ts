import type { DeliveryState } from '@paikea/domain'
import { databaseKinds } from '@paikea/database/testing'
import { buildRoutedPair, createActing } from './acting.ts'
import { deliver, formBody, hex, startTestApi, type TestApi } from './test-api.ts'

/** A handset that gets no acknowledgement says its command again, under a new number: it is given once. */
describe.each(databaseKinds())('a repeated command, on %s', (kind) => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi(kind)
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const makeHandset = async () => {
    const pair = await buildRoutedPair(api, 'handset')
    const acting = createActing(api)
    let momsn = 0
    return {
      say: async (command: string, time: string) => {
        const fields = { imei: pair.imei, momsn: (momsn += 1), transmit_time: `26-11-24 ${time}`, data: hex(command) }
        await deliver(api.url, formBody(fields))
      },
      act: () => acting.act(),
      sent: () => acting.sent.map(({ text }) => text.replace('+DATA:', '')),
      /** The first said first. */
      messages: async () => {
        const { items } = (await api.call(token, 'GET', `/v1/messages/inbound?imei=${pair.imei}`)).body
        return items
          .toReversed()
          .map(({ state, problems }: { state: string; problems: { code: string }[] }) => [
            state,
            ...problems.map(({ code }) => code),
          ])
      },
      detail: async () => {
        const { items } = (await api.call(token, 'GET', `/v1/messages/inbound?imei=${pair.imei}`)).body
        return (await api.call(token, 'GET', `/v1/messages/inbound/${items[0].id}`)).body
      },
      routeId: pair.routeId,
    }
  }

  it('within ten minutes is stored and marked as a repeat, and sends nothing', async () => {
    const handset = await makeHandset()
    await handset.say('PK006;20', '03:00:00')
    await handset.act()
    await handset.say('PK006;20', '03:00:40')
    await handset.say('PK006;20', '03:10:00')
    await handset.act()
    expect(handset.sent()).toEqual(['PK006,20;'])
    expect(await handset.messages()).toEqual([['processed'], ['processed', 'repeat'], ['processed', 'repeat']])
    expect(await handset.detail()).toMatchObject({
      deliveries: [],
      skippedRoutes: [{ routeId: handset.routeId, reason: 'repeat' }],
    })
    await handset.say('PK006;20', '03:10:01')
    await handset.act()
    expect(handset.sent()).toHaveLength(2)
  })

  it('after a different command counts as new, whether acted on together or one by one', async () => {
    for (const isTogether of [true, false]) {
      const handset = await makeHandset()
      for (const [index, command] of ['PK005;1', 'PK005;0', 'PK006;10', 'PK005;1', 'PK005;1'].entries()) {
        await handset.say(command, `03:0${index}:00`)
        if (!isTogether) await handset.act()
      }
      await handset.act()
      expect(handset.sent()).toEqual(['PK005,1;', 'PK005,0;', 'PK006,10;', 'PK005,1;'])
      expect((await handset.messages()).map((message: string[]) => message.length > 1)).toEqual([
        ...[false, false, false, false, true],
      ])
    }
  })

  it.each<[DeliveryState, number]>([
    ['failed', 2],
    ['expired', 2],
    ['cancelled', 2],
    ['parked', 1],
    ['unknown', 1],
  ])('after a delivery in state %s, makes %i sends in all', async (state, times) => {
    const handset = await makeHandset()
    await handset.say('PK007;3600', '03:00:00')
    await handset.act()
    const { id } = (await handset.detail()).deliveries[0]
    await api.db.write((transaction) => api.db.models.OutboundMessage.update({ state }, { where: { id }, transaction }))
    await handset.say('PK007;3600', '03:01:00')
    await handset.act()
    expect(handset.sent()).toHaveLength(times)
    expect((await handset.messages())[1]).toEqual(times === 2 ? ['processed'] : ['processed', 'repeat'])
  })
})
