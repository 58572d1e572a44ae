import { highestInboundId, readEventBounds, recordEvents } from '@paikea/database'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { createIntake } from '@paikea/intake'
import { type EventStream, openEvents } from '../../../test/event-stream.ts'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

// The look at what other processes stored comes once a second.
jest.setTimeout(20_000)

describe('/v1/events', () => {
  let api: TestApi
  let admin: string
  const open: EventStream[] = []
  const watch = async (token: string, headers: Record<string, string> = {}): Promise<EventStream> => {
    const stream = await openEvents(api.url, { Authorization: `Bearer ${token}`, ...headers })
    open.push(stream)
    await stream.waitFor('hello')
    return stream
  }
  beforeAll(async () => {
    api = await startTestApi()
    admin = await api.tokenOf(null)
  })
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close()
  })
  afterAll(() => api.close())

  it('sends a report before the vendor is answered', async () => {
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const own = await startTestApi('sqlite', {
      // Stored as ever, but the answer is held back until this test lets go.
      wrapIntake: (intake) => ({
        ...intake,
        accept: async (delivery) => {
          const result = await intake.accept(delivery)
          await held
          return result
        },
      }),
    })
    const stream = await openEvents(own.url, { Authorization: `Bearer ${await own.tokenOf(null)}` })
    await stream.waitFor('hello')
    let isAnswered = false
    const answered = deliver(own.url, formBody({ momsn: 1 })).then(() => {
      isAnswered = true
    })
    const { data } = await stream.waitFor('report')
    expect(isAnswered).toBe(false)
    letGo()
    await answered
    expect(data).toMatchObject({ imei: '300234010753370', iam: null, hasFix: true, batteryVolts: 4.7, isRepeat: false })
    expect(stream.received.map(({ type }) => type)).toEqual(['hello', 'message', 'report'])
    await own.close()
  })

  it('sends nothing for a duplicate delivery', async () => {
    await deliver(api.url, formBody({ momsn: 1 }))
    const stream = await watch(admin)
    await deliver(api.url, formBody({ momsn: 1 }))
    await deliver(api.url, formBody({ momsn: 2 }))
    await stream.waitFor('report')
    expect(stream.received.filter(({ type }) => type === 'message')).toHaveLength(1)
  })

  it('sends each group only its own reports', async () => {
    const crews = await Promise.all(
      ['300234010000001', '300234010000002'].map(async (imei) => {
        const token = await api.tokenOf((await buildGroup(api.db)).id)
        await api.enter(imei)
        const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
        return { imei, iam, stream: await watch(token) }
      }),
    )
    for (const { imei } of crews) await deliver(api.url, formBody({ imei, momsn: 3 }))
    await deliver(api.url, formBody({ momsn: 4 }))
    for (const { iam, stream } of crews) {
      await stream.waitFor('report')
      expect(stream.received.filter(({ type }) => type === 'report').map(({ data }) => data.iam)).toEqual([iam])
    }
  })

  it('sends messages stored by this process and by others once each', async () => {
    const stream = await watch(admin)
    // An intake of its own, without this process's hub: as in another process.
    const elsewhere = createIntake({ db: api.db })
    const delivery = {
      format: 'rockblock' as const,
      contentType: 'application/x-www-form-urlencoded',
      sourceAddress: null,
      receivedAt: new Date(),
      hasSecret: true,
    }
    await deliver(api.url, formBody({ momsn: 5 }))
    await elsewhere.accept({ ...delivery, body: Buffer.from(formBody({ momsn: 6, imei: '300234010000003' })) })
    await stream.waitFor('report', ({ imei }) => imei === '300234010000003')
    await deliver(api.url, formBody({ momsn: 7, imei: '300234010000004' }))
    await elsewhere.accept({ ...delivery, body: Buffer.from(formBody({ momsn: 8, imei: '300234010000005' })) })
    await stream.waitFor('report', ({ imei }) => imei === '300234010000005')
    const ids = stream.received.filter(({ type }) => type === 'message').map(({ data }) => data.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toHaveLength(4)
  })

  it('resumes from Last-Event-ID, for events of this process and of others', async () => {
    const before = await watch(admin)
    await deliver(api.url, formBody({ momsn: 21 }))
    await before.waitFor('report')
    const { body: told } = await api.call(admin, 'POST', '/v1/messages/outbound', {
      imei: '300234010753370',
      text: 'a',
    })
    await before.waitFor('delivery', ({ id }) => id === told.id)
    // Its place is told after what it stands for.
    const [{ newestId }, highestId] = [await readEventBounds(api.db), await highestInboundId(api.db)]
    await until(() => {
      const [events = 0, messages = 0] = before.lastEventId().split('-').map(Number)
      return events >= newestId && messages >= highestId
    })
    const place = before.lastEventId()
    before.close()
    await deliver(api.url, formBody({ momsn: 22 }))
    const { body: made } = await api.call(admin, 'POST', '/v1/messages/outbound', {
      imei: '300234010753370',
      text: 'b',
    })
    const device = await buildDevice(api.db)
    const data = { isOnline: true, since: '2026-11-24T03:05:10.000Z' }
    await api.db.write((tx) => recordEvents(api.db, [{ kind: 'presence', subjectId: device.id, data }], tx))
    const after = await watch(admin, { 'Last-Event-ID': place })
    await after.waitFor('delivery', ({ id }) => id === made.id)
    await after.waitFor('report')
    expect((await after.waitFor('presence')).data).toEqual({ iam: device.iam, device: 'online', since: data.since })
    expect(after.received.filter(({ type }) => type === 'message')).toHaveLength(1)
    expect(after.received.filter(({ type, data: { id } }) => type === 'resync' || id === told.id)).toEqual([])
    const stranger = await watch(await api.tokenOf((await buildGroup(api.db)).id), { 'Last-Event-ID': place })
    await deliver(api.url, formBody({ momsn: 23 }))
    await after.waitFor('message', ({ id }) => id > 0)
    expect(stranger.received.map(({ type }) => type)).toEqual(['hello'])
  })

  it.each([
    ['malformed', 'abc'],
    ['beyond the newest id, as after a restore', '999999999-0'],
  ])('asks a returning page to resync when its Last-Event-ID is %s', async (_what, place) => {
    const stream = await watch(admin, { 'Last-Event-ID': place })
    expect(await stream.waitFor('resync')).toMatchObject({ data: { reason: 'reconnected' } })
  })

  it('answers 401 without a token', async () => {
    expect((await api.call(null, 'GET', '/v1/events')).status).toBe(401)
  })

  it('disconnects a page that stops reading', async () => {
    const stream = await openEvents(api.url, { Authorization: `Bearer ${admin}` })
    await stream.waitFor('hello')
    const watchers = api.hub.watcherCount()
    const data = { text: 'x'.repeat(64 * 1024) }
    // In one go: nothing can be written to the socket meanwhile, as if the page read nothing.
    for (let i = 0; i < 400; i += 1) api.hub.publish({ type: 'delivery', groupId: null, key: `big/${String(i)}`, data })
    await stream.ended
    expect(api.hub.watcherCount()).toBeLessThan(watchers)
  })

  it('closes its streams when the service stops', async () => {
    const own = await startTestApi()
    const stream = await openEvents(own.url, { Authorization: `Bearer ${await own.tokenOf(null)}` })
    await stream.waitFor('hello')
    await Promise.all([own.close(), stream.ended])
    expect(own.hub.watcherCount()).toBe(0)
  })
})

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 15_000
  while (!check()) {
    if (Date.now() > end) throw new Error('it did not come to that in time')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
