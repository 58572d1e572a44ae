import { parseWebhook } from '@paikea/rockblock-client'

import { until, type Received } from '../test/receiver.ts'
import { BUOY, bytes, startTestSimulator, type TestSimulator } from '../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(30_000)

const DAY_MS = 86_400_000
const [drifter, tracker, byHand] = ['300434061000201', '300434061000202', '300434061000203']

let sea: TestSimulator
let startedAtMs: number

beforeEach(async () => {
  startedAtMs = Date.now()
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

function messageOf({ body, headers }: Received) {
  const parsed = parseWebhook(bytes(body), headers['content-type'] ?? '')
  if (!parsed.ok) throw new Error(parsed.reason.detail)
  return parsed.message
}

/** When the fix of a message was, real time. A packet says the time of day only: that nearest to now. */
function fixMs(message: ReturnType<typeof messageOf>): number {
  if (message.format === 'core-push') return message.at?.getTime() ?? NaN
  const text = Buffer.from(message.payload).toString()
  const [, hours, minutes, seconds] = /,utc:(\d\d)(\d\d)([\d.]+)/.exec(text) ?? []
  const ofDay = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  const nowMs = Date.now()
  return ofDay + DAY_MS * Math.round((nowMs - ofDay) / DAY_MS)
}

const heardFrom = (imei: string): Received[] => sea.receiver.received.filter(({ body }) => body.includes(imei))

/** A device whose fixes and sessions take no time, so that only its interval counts. */
async function launch(imei: string, device: Readonly<Record<string, unknown>>): Promise<void> {
  const conditions = { gpsTimeoutProbability: 0, sessionFailureProbability: 0, lostAcknowledgementProbability: 0 }
  const atOnce = { fixSeconds: [1, 1], sessionSeconds: [1, 1] }
  await sea.call('POST', '/sim/devices', {
    imei,
    autonomous: true,
    conditions: { ...conditions, ...atOnce },
    ...device,
  })
}

describe('a sea that runs faster than real time', () => {
  it('stamps its messages with real time, also after it has slowed down again', async () => {
    await launch(BUOY, { kind: 'buoy', generation: 'v3', webhook: 'json-jwt' })
    await launch(drifter, { kind: 'buoy', generation: 'v2', webhook: 'form' })
    await launch(tracker, { kind: 'rockstar' })
    const all = [BUOY, drifter, tracker]
    await until(() => all.every((imei) => heardFrom(imei).length > 0), 'the first reports')
    await sea.call('POST', '/sim/clock', { speed: 600 })
    await until(() => all.every((imei) => heardFrom(imei).length >= 5), 'forty minutes of reports')
    await sea.call('POST', '/sim/clock', { speed: 1 })
    const before = all.map((imei) => heardFrom(imei).length)
    for (const imei of all) await sea.call('POST', `/sim/devices/${imei}/power`, { power: 'cycle' })
    await until(
      () => all.every((imei, index) => heardFrom(imei).length > (before[index] ?? 0)),
      'one more report of each',
    )

    const { body: clock } = await sea.call<{ time: string }>('GET', '/sim/clock')
    expect(Date.parse(clock.time) - Date.now()).toBeGreaterThan(25 * 60_000)
    for (const imei of all) {
      const messages = heardFrom(imei).map(messageOf)
      for (const message of messages) {
        // To the second; a fix may lie ahead as clocks differ.
        for (const atMs of [message.transmitTime?.getTime() ?? NaN, fixMs(message)]) {
          expect(atMs).toBeGreaterThanOrEqual(startedAtMs - 1000)
          expect(atMs).toBeLessThanOrEqual(Date.now() + 3000)
        }
      }
      const fixSeconds = messages
        .toSorted((one, other) => (one.momsn ?? 0) - (other.momsn ?? 0))
        .map((message) => Math.floor(fixMs(message) / 1000))
      expect(fixSeconds).toEqual([...new Set(fixSeconds)].toSorted((one, other) => one - other))
    }
    const signedAt = heardFrom(BUOY).map(({ body }) => {
      const claims = messageOf({ body, path: '', headers: { 'content-type': 'application/json' } }).jwt?.split('.')[1]
      return Number(/"iat":(\d+)/.exec(Buffer.from(claims ?? '', 'base64url').toString())?.[1])
    })
    for (const at of signedAt) expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(30)
  })

  it('stamps a session by hand with the given time, or else with now', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: byHand })
    await sea.call('POST', '/sim/clock', { speed: 10_000 })
    await until(() => sea.simulator.clock.now() - Date.now() > 600_000, 'ten minutes')
    const send = async (order: object): Promise<string> =>
      (await sea.call<{ transmitTime: string }>('POST', `/sim/devices/${byHand}/send`, order)).body.transmitTime
    expect(Math.abs(Date.parse(await send({ text: 'x' })) - Date.now())).toBeLessThan(5000)
    const later = new Date(Date.now() + 3_600_000).toISOString()
    expect(await send({ text: 'y', transmitTime: later })).toBe(later)
  })

  it('stamps a report without a fix with real time too, after GPS has set the buoy’s clock', async () => {
    await launch(BUOY, { kind: 'buoy', generation: 'v3', webhook: 'json' })
    await until(() => heardFrom(BUOY).length > 0, 'the first report')
    await sea.call('PATCH', `/sim/devices/${BUOY}`, { conditions: { gps: false } })
    await sea.call('POST', '/sim/clock', { speed: 2000 })
    const lost = (): Received | undefined =>
      heardFrom(BUOY).find((one) => Buffer.from(messageOf(one).payload).toString().includes('lat:999'))
    await until(() => lost() !== undefined, 'a report without a fix')
    const report = lost()
    expect(report === undefined ? NaN : Math.abs(fixMs(messageOf(report)) - Date.now())).toBeLessThan(15_000)
  })
})
