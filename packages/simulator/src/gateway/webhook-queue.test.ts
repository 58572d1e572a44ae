import { startReceiver, type Receiver, until } from '../../test/receiver.ts'
import { VirtualClock } from '../clock/virtual-clock.ts'
import { conditionsSchema, type DeviceSpec } from '../devices/device-spec.ts'
import { World } from '../journal/world.ts'
import { Faults } from './faults.ts'
import { Vendor } from './gateway.ts'
import { createPostWebhook } from './webhook-post.ts'
import { WebhookQueue } from './webhook-queue.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

const start = Date.parse('2026-11-24T12:00:00Z')
const IMEI = '300434061000101'
const spec: DeviceSpec = {
  imei: IMEI,
  kind: 'buoy',
  generation: 'v3',
  serial: 1,
  label: null,
  iam: null,
  webhook: 'form',
  autonomous: false,
  demo: false,
  latitudeDegrees: 36,
  longitudeDegrees: -125,
  seed: 1,
  conditions: conditionsSchema.parse({}),
}

let receiver: Receiver
let clock: VirtualClock
let world: World
let webhooks: WebhookQueue
let vendor: Vendor

beforeEach(async () => {
  receiver = await startReceiver()
  clock = new VirtualClock(start)
  world = await World.open({ folder: null, onFailure: () => {} })
  await world.commit({ type: 'device', spec })
  const post = createPostWebhook({ baseUrl: receiver.url, secret: null })
  webhooks = new WebhookQueue({ clock, world, faults: new Faults(), post, signingKey: () => Promise.resolve('') })
  vendor = new Vendor({ clock, world, onWebhook: (webhook) => webhooks.add(webhook), onQueued: () => {} })
})

afterEach(async () => {
  await webhooks.close()
  await receiver.close()
})

async function send(text: string): Promise<void> {
  await vendor.exchange({ imei: IMEI, payload: new TextEncoder().encode(text), at: null }).recorded
  await webhooks.idle()
}

/** Lets simulated time pass to the next attempt and waits for its answer. */
async function nextAttemptAfter(minutes: number): Promise<void> {
  clock.advance(minutes * 60_000)
  await webhooks.idle()
}

describe('webhooks', () => {
  it('are posted once when answered 200', async () => {
    await send('x')
    await nextAttemptAfter(60 * 24 * 7)
    expect(receiver.received).toHaveLength(1)
    expect(world.state.webhooks.size).toBe(0)
  })

  it.each([201, 202, 204, 302, 400, 401, 404, 500, 503])('are retried a minute after %i', async (status) => {
    receiver.answer = () => status
    await send('x')
    receiver.answer = () => 200
    await nextAttemptAfter(0.99)
    expect(receiver.received).toHaveLength(1)
    await nextAttemptAfter(0.01)
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
  })

  it('time out after 3 seconds without an answer, and stay queued', async () => {
    receiver.answer = () => 'silence'
    const began = performance.now()
    await send('x')
    expect(performance.now() - began).toBeGreaterThan(2900)
    expect(performance.now() - began).toBeLessThan(4500)
    expect(webhooks.log.at(-1)).toMatchObject({ status: null, detail: 'no answer in 3 s' })
    expect(world.state.webhooks.size).toBe(1)
  }, 10_000)

  it('are tried 14 times with doubling pauses over almost 6 days, and then abandoned', async () => {
    receiver.answer = () => 503
    await send('x')
    for (let pause = 0; pause < 13; pause++) {
      const before = receiver.received.length
      await nextAttemptAfter(2 ** pause - 0.01)
      expect(receiver.received).toHaveLength(before)
      await nextAttemptAfter(0.01)
      expect(receiver.received).toHaveLength(before + 1)
    }
    expect(receiver.received).toHaveLength(14)
    expect((clock.now() - start) / 86_400_000).toBeCloseTo(5.69, 2)
    await nextAttemptAfter(60 * 24 * 30)
    expect(receiver.received).toHaveLength(14)
    expect(webhooks.counts).toMatchObject({ abandoned: 1, failedAttempts: 14 })
    expect(world.state.webhooks.size).toBe(0)
  })

  it('of Cloudloop are retried after 2, 4, 8 … seconds, for about nine hours', async () => {
    await world.commit({ type: 'device', spec: { ...spec, webhook: 'cloudloop' } })
    receiver.answer = () => 503
    await send('x')
    for (let pause = 0; pause < 14; pause++) {
      const before = receiver.received.length
      await nextAttemptAfter((2 ** (pause + 1) - 0.5) / 60)
      expect(receiver.received).toHaveLength(before)
      await nextAttemptAfter(0.5 / 60)
      expect(receiver.received).toHaveLength(before + 1)
    }
    expect((clock.now() - start) / 3_600_000).toBeCloseTo(9.1, 1)
    await nextAttemptAfter(60 * 24)
    expect(receiver.received).toHaveLength(15)
    expect(world.state.webhooks.size).toBe(0)
  })

  it('of Cloudloop time out after 5 seconds', async () => {
    await world.commit({ type: 'device', spec: { ...spec, webhook: 'cloudloop-imt' } })
    receiver.answer = () => 'silence'
    await send('x')
    expect(webhooks.log.at(-1)).toMatchObject({ status: null, detail: 'no answer in 5 s' })
  }, 15_000)

  it('arrive when a receiver that was down listens again', async () => {
    const { port } = new URL(receiver.url)
    await receiver.close()
    await send('x')
    expect(webhooks.log.at(-1)).toMatchObject({ status: null, detail: 'ECONNREFUSED' })
    receiver = await startReceiver(Number(port))
    await nextAttemptAfter(1)
    expect(receiver.received).toHaveLength(1)
  })

  it('are all retried at once on resume()', async () => {
    receiver.answer = () => 503
    for (const text of ['a', 'b', 'c']) await send(text)
    receiver.answer = () => 200
    webhooks.resume()
    await until(() => world.state.webhooks.size === 0, 'three webhooks')
    expect(receiver.received).toHaveLength(6)
  })

  it('all arrive in a storm of 150, at most 32 at a time', async () => {
    let open = 0
    let most = 0
    const post = createPostWebhook({ baseUrl: receiver.url, secret: null })
    const counting: typeof post = async (...args) => {
      most = Math.max(most, ++open)
      return post(...args).finally(() => open--)
    }
    webhooks = new WebhookQueue({
      clock,
      world,
      faults: new Faults(),
      post: counting,
      signingKey: () => Promise.resolve(''),
    })
    for (let number = 0; number < 150; number++) {
      vendor.exchange({ imei: IMEI, payload: new Uint8Array([number & 255]), at: null })
    }
    await until(() => world.state.webhooks.size === 0, '150 webhooks')
    expect(new Set(receiver.received.map(({ body }) => /momsn=(\d+)/.exec(body)?.[1])).size).toBe(150)
    expect(most).toBe(32)
  })
})

describe('MT queue', () => {
  const accept = (id: string): Promise<void> =>
    vendor.accept({ id, service: 'mt', imei: IMEI, serial: 1, data: new Uint8Array([65]), flush: false })
  const states = (): (string | null)[] => vendor.sentTo({ imei: IMEI }).map(({ state, reason }) => reason ?? state)

  it('is dropped whole when its oldest message is 5 days old', async () => {
    await accept('1')
    clock.advance(4.99 * 86_400_000)
    await accept('2')
    expect(states()).toEqual(['queued', 'queued'])
    clock.advance(0.01 * 86_400_000)
    expect(states()).toEqual(['too-old', 'too-old'])
    await accept('3')
    expect(states()).toEqual(['too-old', 'too-old', 'queued'])
    expect(vendor.exchange({ imei: IMEI, payload: new Uint8Array(0), at: null }).mt).toEqual(new Uint8Array([65]))
  })

  it('hands no expired message to a session', async () => {
    await accept('1')
    clock.advance(5 * 86_400_000)
    expect(vendor.exchange({ imei: IMEI, payload: new Uint8Array(0), at: null }).mt).toBeNull()
  })
})
