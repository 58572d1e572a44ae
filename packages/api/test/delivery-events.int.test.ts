import { beginAttempts, recordAttempts, recordEvents } from '@paikea/database'
import { buildDevice, buildModem, buildOutbound, databaseKinds } from '@paikea/database/testing'
import { type EventStream, openEvents, type ReceivedEvent } from './event-stream.ts'
import { startTestApi, type TestApi } from './test-api.ts'

describe.each(databaseKinds())('`delivery` events on %s', (kind) => {
  let api: TestApi
  const open: EventStream[] = []
  const watch = async (token: string): Promise<EventStream> => {
    const stream = await openEvents(api.url, { Authorization: `Bearer ${token}` })
    open.push(stream)
    await stream.waitFor('hello')
    return stream
  }
  const eventsOf = (stream: EventStream, id: number): ReceivedEvent['data'][] =>
    stream.received.filter(({ type, data }) => type === 'delivery' && data.id === id).map(({ data }) => data)
  beforeAll(async () => {
    api = await startTestApi(kind)
  })
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close()
  })
  afterAll(() => api.close())

  async function buildPair() {
    const [source, target] = [await buildModem(api.db), await buildModem(api.db)]
    const buoy = await buildDevice(api.db, { modemId: source.id })
    const handset = await buildDevice(api.db, { groupId: buoy.groupId, kind: 'handset', modemId: target.id })
    return { groupId: buoy.groupId, buoy, handset, target }
  }

  /** A delivery that another process wrote, with what it tells of it. */
  const buildTold = async (
    of: TestApi,
    ...values: readonly [Parameters<typeof buildOutbound>[1]?]
  ): Promise<number> => {
    const subjectId = Number((await buildOutbound(of.db, ...values)).id)
    await of.db.write((tx) => recordEvents(of.db, [{ kind: 'delivery', subjectId }], tx))
    return subjectId
  }

  it('are sent immediately for a person’s actions, to the group and to a system administrator', async () => {
    const shared = api
    api = await startTestApi(kind, { lookEveryMs: 3_600_000 })
    const [mine, theirs] = [await buildPair(), await buildPair()]
    const crew = await api.tokenOf(mine.groupId)
    const stranger = await watch(await api.tokenOf(theirs.groupId))
    const [member, everywhere] = [await watch(crew), await watch(await api.tokenOf(null))]
    const { imei } = mine.target
    const { body } = await api.call(crew, 'POST', '/v1/messages/outbound', { imei, text: '+DATA:PK006,20;' })
    // The look at what other processes did is hours away.
    await member.waitFor('delivery', ({ id, state }) => id === body.id && state === 'queued')
    await api.call(crew, 'POST', `/v1/messages/outbound/${String(body.id)}/cancel`)
    for (const stream of [member, everywhere]) {
      await stream.waitFor('delivery', ({ id, state }) => id === body.id && state === 'cancelled')
      expect(eventsOf(stream, body.id).map(({ state }) => state)).toEqual(['queued', 'cancelled'])
    }
    expect(eventsOf(member, body.id)[1]).toEqual({
      id: body.id,
      imei,
      serial: null,
      iam: mine.handset.iam,
      sourceIam: null,
      state: 'cancelled',
      reason: 'cancelled',
      vendorId: null,
      attempt: null,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    // The stranger's own comes after it, so the other one would have been here by now.
    const own = await api.call(await api.tokenOf(null), 'POST', '/v1/messages/outbound', {
      imei: theirs.target.imei,
      text: 'x',
    })
    await stranger.waitFor('delivery', ({ id }) => id === own.body.id)
    expect(eventsOf(stranger, body.id)).toEqual([])
    for (const stream of open.splice(0)) stream.close()
    await api.close()
    api = shared
  })

  it('are sent once for each change made by another process', async () => {
    const { db } = api
    const { groupId, buoy, handset, target } = await buildPair()
    const where = { groupId, sourceDeviceId: buoy.id, modemId: target.id, imei: target.imei }
    const stream = await watch(await api.tokenOf(groupId))
    const outboundId = await buildTold(api, where)
    await stream.waitFor('delivery', ({ id, state }) => id === outboundId && state === 'queued')
    await db.write((tx) => beginAttempts(db, { attempts: [{ outboundId, number: 1 }], at: new Date() }, tx))
    await stream.waitFor('delivery', ({ id, state }) => id === outboundId && state === 'sending')
    const end = {
      outboundId,
      attempt: 1,
      finishedAt: new Date(),
      outcome: 'sent',
      state: 'sent' as const,
      reasonCode: null,
      reasonDetail: null,
      status: null,
      latencyMs: null,
      answer: null,
      retryAt: null,
      lane: null,
      vendorId: '4711',
    }
    await db.write((tx) => recordAttempts(db, { ends: [end] }, tx))
    await stream.waitFor('delivery', ({ id, state }) => id === outboundId && state === 'sent')
    // One more look, which finds the same rows again.
    const last = await buildTold(api, where)
    await stream.waitFor('delivery', ({ id }) => id === last)
    expect(eventsOf(stream, outboundId)).toMatchObject([
      { state: 'queued', attempt: null, vendorId: null },
      { state: 'sending', attempt: 1, vendorId: null },
      { state: 'sent', attempt: 1, vendorId: '4711', iam: handset.iam, sourceIam: buoy.iam, imei: target.imei },
    ])
  })

  it('are not sent for changes made before anybody watched', async () => {
    const own = await startTestApi(kind)
    try {
      const [before, token] = [await buildTold(own), await own.tokenOf(null)]
      const stream = await openEvents(own.url, { Authorization: `Bearer ${token}` })
      await stream.waitFor('hello')
      const after = await buildTold(own)
      await stream.waitFor('delivery', ({ id }) => id === after)
      expect(eventsOf(stream, before)).toEqual([])
    } finally {
      await own.close()
    }
  })

  it('are replaced by a `resync` when another process made too many changes', async () => {
    const { db } = api
    const { groupId } = await buildPair()
    const stream = await watch(await api.tokenOf(groupId))
    const subjectId = Number((await buildOutbound(db, { groupId })).id)
    const rows = Array.from({ length: 301 }, () => ({ kind: 'delivery' as const, subjectId }))
    await db.write((tx) => recordEvents(db, rows, tx))
    await stream.waitFor('resync', ({ reason }) => reason === 'many-events')
    expect(stream.received.filter(({ type }) => type === 'delivery')).toEqual([])
  })
})
