import { endpointHalts, listAirtime, listReceivedAirtime, setBudget, type OutboundMessage } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildModem,
  buildRoute,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'
import { Webhook } from 'standardwebhooks'

import { createDelivery, type Delivery } from '../src/create-delivery.ts'
import type { DeliveryDeps, DeliveryEvent } from '../src/deps.ts'
import { createReach } from '../src/targets/webhook/reach.ts'
import { buildWebhookRoute, startReceiver, storePositions, type Receiver } from '../src/testing/mod.ts'

describe.each(databaseKinds())('deliveries to programs on %s', (kind) => {
  let db: TestDatabase
  let receiver: Receiver
  let announced: number[]
  let probed: number[]
  let events: DeliveryEvent[]
  const open: Delivery[] = []

  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  beforeEach(async () => {
    receiver = await startReceiver()
    announced = []
    probed = []
    events = []
  })
  afterEach(async () => {
    await receiver.close()
    for (const delivery of open.splice(0)) await delivery.idle()
  })
  afterAll(() => db.drop())

  /** Planning and sending of one process. */
  function openDelivery(overrides: Partial<DeliveryDeps> = {}): Delivery {
    const delivery = createDelivery({
      db,
      modemSender: null,
      rockStarSender: null,
      reach: createReach(['127.0.0.0/8']),
      webhookTimeoutMs: 2_000,
      notifyOutbound: (rows) => announced.push(...rows.map(({ outboundId }) => outboundId)),
      wakeOutbound: () => undefined,
      onDelivery: (event) => events.push(event),
      onEndpoint: (endpointId) => probed.push(endpointId),
      log: SILENT_LOG,
      ...overrides,
    })
    open.push(delivery)
    return delivery
  }

  /** A buoy with routes to webhooks at these paths. */
  async function buildSea(...paths: readonly string[]) {
    const group = await buildGroup(db)
    const modem = await buildModem(db)
    const device = await buildDevice(db, { groupId: group.id, modemId: modem.id })
    const endpoints = []
    for (const path of paths) {
      const url = `${receiver.url}${path}`
      endpoints.push(await buildWebhookRoute(db, { groupId: group.id, deviceId: device.id, url }))
    }
    const [endpoint] = endpoints
    if (endpoint === undefined) throw new Error('a sea has an endpoint')
    return { imei: modem.imei, iam: device.iam, groupId: group.id, endpoint, endpoints }
  }

  async function act(delivery: Delivery, imei: string): Promise<readonly number[]> {
    const [message] = await storePositions(db, { imei, count: 1 })
    return (await delivery.actOnMessage(message?.messageId ?? 0)).direct ?? []
  }

  const rowOf = (id: number | undefined): Promise<OutboundMessage> =>
    db.models.OutboundMessage.findByPk(id ?? 0, { rejectOnEmpty: true })
  const endpointOf = (id: number) => db.models.Endpoint.findByPk(id, { rejectOnEmpty: true })
  const attemptsOf = (outboundId: number | undefined) =>
    db.models.DeliveryAttempt.findAll({ where: { outboundId: outboundId ?? 0 }, order: ['number'] })
  const idsReceived = (): string[] => receiver.requests.map(({ headers }) => String(headers['webhook-id']))

  it('reach all targets of a message, signed, under their own ids, without a workflow', async () => {
    const { imei, iam, endpoints } = await buildSea('/one', '/two', '/three')
    const delivery = openDelivery()
    const direct = await act(delivery, imei)
    expect(direct).toHaveLength(3)
    expect(await delivery.tryPrograms(direct)).toEqual({ done: 3, left: 0 })
    expect(receiver.requests.map(({ path }) => path).sort()).toEqual(['/one', '/three', '/two'])
    const [request] = receiver.requests.filter(({ path }) => path === '/one')
    const verified = new Webhook(endpoints[0]?.secret ?? '').verify(request?.body ?? '', {
      ...(request?.headers as Record<string, string>),
    })
    expect(verified).toMatchObject({ type: 'report', id: request?.headers['webhook-id'], device: { iam } })
    for (const id of direct) {
      expect(await rowOf(id)).toMatchObject({ state: 'sent', lane: 'direct', credits: 0, expiresAt: null })
      expect(await attemptsOf(id)).toMatchObject([{ outcome: 'sent', status: 204, latencyMs: expect.any(Number) }])
    }
    expect(announced).toEqual([])
  })

  it('are sent only once, even if two processes try repeatedly', async () => {
    const { imei } = await buildSea('/')
    const [one, other] = [openDelivery(), openDelivery()]
    const direct = await act(one, imei)
    await Promise.allSettled([one, other, one, other].map((it) => it.tryPrograms(direct)))
    await Promise.all([one.idle(), other.idle()])
    expect(idsReceived()).toEqual(direct.map(String))
    expect(await rowOf(direct[0])).toMatchObject({ state: 'sent' })
  })

  it('leave in the order of a device’s messages, even if tried in reverse', async () => {
    const { imei } = await buildSea('/')
    const delivery = openDelivery()
    const messages = await storePositions(db, { imei, count: 12 })
    const acted = await Promise.all(messages.map(({ messageId }) => delivery.actOnMessage(messageId)))
    const direct = acted.map((result) => result.direct ?? [])
    await Promise.all(direct.toReversed().map((ids) => delivery.tryPrograms(ids)))
    await delivery.idle()
    expect(idsReceived()).toEqual(direct.flat().map(String))
  })

  it('go to a workflow of their own after a failure, while those behind wait as rows', async () => {
    const { imei } = await buildSea('/')
    const delivery = openDelivery()
    receiver.behave({ answer: 500, body: 'out of order' })
    const first = await act(delivery, imei)
    const second = await act(delivery, imei)
    expect(await delivery.tryPrograms(first)).toEqual({ done: 0, left: 1 })
    await delivery.tryPrograms(second)
    expect(announced).toEqual(first)
    expect(await rowOf(first[0])).toMatchObject({ state: 'queued', lane: 'workflow', reasonCode: 'http-500' })
    expect(await rowOf(second[0])).toMatchObject({ state: 'queued', lane: 'direct' })
    expect(await attemptsOf(first[0])).toMatchObject([{ outcome: 'try-later', status: 500, answer: 'out of order' }])
    // Its workflow looks at once, and is told to come back.
    const early = await delivery.tryNow({ outboundId: first[0] ?? 0, wish: 'send' })
    expect(early).toMatchObject({ step: 'try-later', reason: 'http-500' })
    receiver.behave({ answer: 200 })
    await delivery.look({ outboundId: first[0] ?? 0, wish: 'resume' })
    await delivery.idle()
    expect(await rowOf(second[0])).toMatchObject({ state: 'sent' })
    expect(idsReceived()).toEqual([first[0], first[0], second[0]].map(String))
  })

  it('follow the retry advice of a busy receiver', async () => {
    const { imei } = await buildSea('/')
    const delivery = openDelivery()
    receiver.behave({ answer: 429, headers: { 'retry-after': '120' } })
    const [id = 0] = await act(delivery, imei)
    await delivery.tryPrograms([id])
    const { retryAt } = await rowOf(id)
    const inMs = (retryAt?.getTime() ?? 0) - Date.now()
    expect(inMs).toBeGreaterThan(90_000)
    expect(inMs).toBeLessThan(150_000)
  })

  it.each(['reset', 'hang'] as const)(
    'are sent again under the same id if they may have arrived (%s)',
    async (behaviour) => {
      const { imei } = await buildSea('/')
      const delivery = openDelivery({ webhookTimeoutMs: 300 })
      receiver.behave(behaviour)
      const [id = 0] = await act(delivery, imei)
      await delivery.tryPrograms([id])
      await delivery.idle()
      expect(await attemptsOf(id)).toMatchObject([{ outcome: 'unknown' }])
      expect(await rowOf(id)).toMatchObject({ state: 'queued', lane: 'workflow' })
      receiver.behave({ answer: 202 })
      expect(await delivery.look({ outboundId: id, wish: 'resume' })).toMatchObject({ state: 'sent' })
      expect(idsReceived()).toEqual([String(id), String(id)])
    },
  )

  it('are sent again after a crash in mid-send, which leaves an attempt with an unknown outcome', async () => {
    const { imei } = await buildSea('/')
    const delivery = openDelivery()
    const [id = 0] = await act(delivery, imei)
    await db.write(async (transaction) => {
      const startedAt = new Date(Date.now() - 40_000)
      await db.models.DeliveryAttempt.create({ outboundId: id, number: 1, startedAt }, { transaction })
      await db.models.OutboundMessage.update({ state: 'sending' }, { where: { id }, transaction })
    })
    expect(await delivery.tryPrograms([id])).toEqual({ done: 1, left: 0 })
    const ends = (await attemptsOf(id)).map(({ number, outcome, reasonCode }) => [number, outcome, reasonCode])
    expect(ends).toEqual([
      [1, 'unknown', 'no-answer-recorded'],
      [2, 'sent', null],
    ])
  })

  it('are not waited for if their endpoint is known to hang', async () => {
    const { imei, groupId, endpoints } = await buildSea('/hangs', '/healthy')
    const delivery = openDelivery({ webhookTimeoutMs: 1_500, directWaitMs: 5_000 })
    receiver.behave('hang', '/hangs')
    expect(await delivery.tryPrograms(await act(delivery, imei))).toEqual({ done: 1, left: 1 })
    await delivery.idle()
    // By the next message it is known. Another device's: this one's waits behind the first.
    const modem = await buildModem(db)
    const { id: deviceId } = await buildDevice(db, { groupId, modemId: modem.id })
    for (const { endpointId } of endpoints) await buildRoute(db, { groupId, sourceDeviceId: deviceId, endpointId })
    const began = performance.now()
    expect(await delivery.tryPrograms(await act(delivery, modem.imei))).toEqual({ done: 1, left: 1 })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('pause an endpoint at once on a 410, and wait as rows until somebody resumes it', async () => {
    const { imei, endpoint } = await buildSea('/')
    const delivery = openDelivery()
    receiver.behave({ answer: 410, body: 'gone' })
    const [id = 0] = await act(delivery, imei)
    await delivery.tryPrograms([id])
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({
      state: 'paused',
      reasonCode: 'receiver-gone',
      probeAt: null,
    })
    expect(await rowOf(id)).toMatchObject({ state: 'queued', lane: 'direct', reasonCode: 'receiver-gone' })
    const [later = 0] = await act(delivery, imei)
    expect(await delivery.tryPrograms([later])).toEqual({ done: 0, left: 1 })
    expect(receiver.requests).toHaveLength(1)
    expect(announced).toEqual([])
    expect(await delivery.probeEndpoint(endpoint.endpointId)).toEqual({ step: 'done', why: 'needs-operator' })
    receiver.behave({ answer: 200 })
    await db.write((tx) => endpointHalts.resume(db, endpoint.endpointId, tx))
    expect(await delivery.probeEndpoint(endpoint.endpointId)).toEqual({ step: 'done', why: 'drained' })
    expect(idsReceived()).toEqual([id, id, later].map(String))
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({ state: 'active', draining: false })
  })

  it('fail at once in plain words if their body is refused, and hold up no others', async () => {
    const { imei, endpoint } = await buildSea('/')
    const delivery = openDelivery()
    receiver.behaveOnce({ answer: 422, body: 'no such buoy' })
    const [refused = 0] = await act(delivery, imei)
    const [next = 0] = await act(delivery, imei)
    await delivery.tryPrograms([refused])
    await delivery.tryPrograms([next])
    await delivery.idle()
    expect(await rowOf(refused)).toMatchObject({
      state: 'failed',
      reasonCode: 'refused-422',
      finishedAt: expect.any(Date),
      reasonDetail: 'The receiver refused the message: 422 no such buoy',
    })
    expect(await rowOf(next)).toMatchObject({ state: 'sent' })
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({ state: 'active' })
    expect(idsReceived()).toEqual([refused, next].map(String))
  })

  it('pause an endpoint on a 401, and go out again when a probe gets through', async () => {
    const { imei, endpoint } = await buildSea('/')
    const clock = { ms: Date.now() }
    const delivery = openDelivery({ now: () => new Date(clock.ms) })
    receiver.behave({ answer: 401 })
    const [id = 0] = await act(delivery, imei)
    await delivery.tryPrograms([id])
    await delivery.idle()
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({
      state: 'paused',
      reasonCode: 'http-401',
      probeAt: expect.any(Date),
      reasonDetail: expect.stringContaining('secret'),
    })
    expect(await rowOf(id)).toMatchObject({ state: 'queued', lane: 'direct', reasonCode: 'http-401' })
    receiver.behave({ answer: 200 })
    clock.ms += 60_000
    expect(await delivery.probeEndpoint(endpoint.endpointId)).toEqual({ step: 'more', sent: 1 })
    expect(await rowOf(id)).toMatchObject({ state: 'sent' })
  })

  it('pause an endpoint that fails for a minute, and drain in order when a probe gets through', async () => {
    const { imei, endpoint } = await buildSea('/')
    const clock = { ms: Date.now() }
    const delivery = openDelivery({ now: () => new Date(clock.ms) })
    receiver.behave({ answer: 503 })
    const [head = 0] = await act(delivery, imei)
    await delivery.tryPrograms([head])
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({ state: 'active', failingSince: expect.any(Date) })
    clock.ms += 70_000
    expect(await delivery.look({ outboundId: head, wish: 'send' })).toMatchObject({ step: 'finished', state: 'held' })
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({
      state: 'paused',
      reasonCode: 'failing',
      reasonDetail: expect.stringContaining('The last attempt: The receiver answered 503.'),
      probeAt: expect.any(Date),
    })
    expect(probed).toEqual([endpoint.endpointId])
    const waiting = [head]
    for (let count = 0; count < 5; count += 1) waiting.push(...(await act(delivery, imei)))
    expect(await delivery.probeEndpoint(endpoint.endpointId)).toMatchObject({ step: 'wait', reason: 'not-yet' })
    clock.ms += 60_000
    const still = await delivery.probeEndpoint(endpoint.endpointId)
    expect(still).toMatchObject({ step: 'wait', reason: 'http-503' })
    expect(still.step === 'wait' && still.waitMs).toBeLessThanOrEqual(60_000)
    expect(await rowOf(head)).toMatchObject({ state: 'queued', lane: 'direct' })
    receiver.behave({ answer: 200 })
    clock.ms += 60_000
    const before = receiver.requests.length
    expect(await delivery.probeEndpoint(endpoint.endpointId)).toEqual({ step: 'more', sent: 1 })
    // One more look may find the last of them still under way.
    let look = await delivery.probeEndpoint(endpoint.endpointId)
    for (let looks = 0; look.step === 'more' && looks < 10; looks += 1)
      look = await delivery.probeEndpoint(endpoint.endpointId)
    expect(look).toEqual({ step: 'done', why: 'drained' })
    await delivery.idle()
    expect(idsReceived().slice(before)).toEqual(waiting.map(String))
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({
      state: 'active',
      failingSince: null,
      draining: false,
    })
  })

  it('drain at a bounded rate', async () => {
    const { imei, endpoint } = await buildSea('/')
    const delivery = openDelivery({ drainPerSecond: 20 })
    await db.write((transaction) =>
      db.models.Endpoint.update(
        { state: 'paused', draining: true },
        { where: { id: endpoint.endpointId }, transaction },
      ),
    )
    for (let count = 0; count < 8; count += 1) await act(delivery, imei)
    await db.write((tx) => endpointHalts.resume(db, endpoint.endpointId, tx))
    const began = performance.now()
    while ((await delivery.probeEndpoint(endpoint.endpointId)).step !== 'done');
    await delivery.idle()
    expect(receiver.requests).toHaveLength(8)
    expect(performance.now() - began).toBeGreaterThanOrEqual(6 * 50)
  })

  it('are not sent to a private address, and mark the endpoint as failing', async () => {
    const { imei, endpoint } = await buildSea('/')
    const delivery = openDelivery({ reach: createReach([]) })
    const [id = 0] = await act(delivery, imei)
    await delivery.tryPrograms([id])
    await delivery.idle()
    expect(await rowOf(id)).toMatchObject({ state: 'queued', reasonCode: 'out-of-reach' })
    expect(receiver.requests).toEqual([])
    expect(await endpointOf(endpoint.endpointId)).toMatchObject({ state: 'active', failingSince: expect.any(Date) })
  })

  it('stay within an airtime stop when two workers send to modems, and add up in every list', async () => {
    const group = await buildGroup(db)
    let sent = 0
    const modemSender = {
      sendMt() {
        sent += 1
        return Promise.resolve({ outcome: 'sent', id: String(sent) } as const)
      },
    }
    const workers = [openDelivery({ modemSender }), openDelivery({ modemSender })] as const
    const ids: number[] = []
    for (let count = 0; count < 8; count += 1) {
      const [modem, target] = [await buildModem(db), await buildModem(db)]
      const device = await buildDevice(db, { groupId: group.id, modemId: modem.id })
      await buildRoute(db, { groupId: group.id, sourceDeviceId: device.id, targetModemId: target.id })
      const [message] = await storePositions(db, { imei: modem.imei, count: 1 })
      ids.push(...(await workers[0].actOnMessage(message?.messageId ?? 0)).deliveries)
    }
    const { credits } = await db.models.OutboundMessage.findByPk(ids[0] ?? 0, { rejectOnEmpty: true })
    const levels = { warnCredits: null, stopCredits: 3 * credits, overrideUntil: null }
    const scope = { kind: 'group', id: group.id } as const
    const now = new Date()
    await db.write((tx) => setBudget(db, { scope, period: 'month', ...levels, changedBy: 'test', now }, tx))
    await Promise.all(
      ids.map((outboundId, index) => workers[index % 2 === 0 ? 0 : 1].tryNow({ outboundId, wish: 'send' })),
    )
    expect(sent).toBe(3)
    const stopped = { groupId: group.id, lane: 'stopped', reasonCode: 'airtime-group-month' }
    expect(await db.models.OutboundMessage.count({ where: stopped })).toBe(5)
    const sums = {
      scope: { groupIds: [group.id] },
      from: new Date(0),
      to: new Date(now.getTime() + 3_600_000),
      limit: 10,
    }
    for (const by of ['device', 'modem', 'group'] as const) {
      const items = await listAirtime(db, { ...sums, by })
      expect(items.reduce((sum, item) => sum + item.credits, 0)).toBe(3 * credits)
      // And what the eight buoys sent themselves: a few bytes each.
      const received = await listReceivedAirtime(db, { ...sums, by })
      expect(received.reduce((sum, item) => sum + item.credits, 0)).toBe(8)
      expect(received).toHaveLength(by === 'group' ? 1 : 8)
    }
  })
})
