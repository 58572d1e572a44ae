import { databaseKinds, randomImei } from '@paikea/database/testing'
import { buildWebhook, type WebhookInput } from '@paikea/rockblock-client/testing'
import { deliver, hex, SECRET, startTestApi, type TestApi } from './test-api.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A whole second, a minute ago: when the messages were transmitted. */
const sentAt = Math.floor(Date.now() / 1000 - 60) * 1000

const ADDRESSES = ['rockblock', 'rockstar', 'cloudloop'] as const
const iso = (at: number): string => new Date(at).toISOString()
/** Format B, to the second. */
const isoSeconds = (at: number): string => `${iso(at).slice(0, 19)}Z`
/** Format A. */
const short = (at: number): string => iso(at).slice(2, 19).replace('T', ' ')
/** Time of day, as devices send it. */
const utc = (at: number): string => iso(at).slice(11, 19).replaceAll(':', '')
/** Format C. */
function parts(at: number): Record<string, number> {
  const [year, month, day, hour, minute, second] = iso(at).slice(0, 19).split(/\D/).map(Number)
  return {
    year: year ?? 0,
    month: month ?? 0,
    day: day ?? 0,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
  }
}

describe.each(databaseKinds())('reading a single message, on %s', (kind) => {
  let api: TestApi
  let admin: string
  let count = 0
  beforeAll(async () => {
    api = await startTestApi(kind)
    admin = await api.tokenOf(null)
    await api.db.write((tx) => api.db.models.Group.create({ name: 'crew' }, { transaction: tx }))
  })
  afterAll(() => api.close())

  /** A device with a modem of its own. */
  async function makeDevice(serial?: string) {
    const imei = randomImei()
    const made = await api.call(admin, 'POST', '/v1/devices', { kind: 'buoy', imei })
    if (serial !== undefined) {
      await api.db.write((transaction) => api.db.models.Modem.update({ serial }, { where: { imei }, transaction }))
    }
    return { imei, iam: String(made.body.iam) }
  }

  async function post(input: WebhookInput, path = `/rockblock/incoming/${SECRET}`) {
    const { body, contentType } = buildWebhook(input)
    const reply = await deliver(api.url, body, contentType, path)
    expect(reply).toMatchObject({ status: 200, body: { status: 'accepted' } })
  }

  /** What the API shows of a modem's newest message, and of its device. */
  async function shown({ imei, iam }: { imei: string; iam: string }) {
    const list = await api.call(admin, 'GET', `/v1/messages/inbound?imei=${imei}&limit=1`)
    const [listed] = list.body.items
    const message = (await api.call(admin, 'GET', `/v1/messages/inbound/${listed.id}`)).body
    const reports = (await api.call(admin, 'GET', `/v1/devices/${iam}/reports`)).body.items
    const device = (await api.call(admin, 'GET', `/v1/devices/${iam}`)).body
    return { listed, message, report: reports[0] ?? null, device }
  }

  /** Sends a packet in format A from a new device. */
  async function sendPacket(data: string, fields: Record<string, unknown> = {}) {
    const device = await makeDevice()
    count += 1
    const all = { imei: device.imei, momsn: count, transmit_time: short(sentAt), data: hex(data), ...fields }
    await post({ format: 'rockblock', fields: all })
    return shown(device)
  }

  /** Sends format B from a new device. */
  async function sendTracker(fields: Record<string, unknown>) {
    const device = await makeDevice()
    count += 1
    const times = { transmit_time: isoSeconds(sentAt), txAt: isoSeconds(sentAt), at: isoSeconds(sentAt - 60_000) }
    const all = { id: `b-${count}`, imei: device.imei, ...times, ...fields }
    await post({ format: 'core-push', fields: all }, `/rockstar/incoming/${SECRET}`)
    return shown(device)
  }

  /** Sends format C from a new device. */
  async function sendCloudloop(fields: Record<string, unknown>) {
    const device = await makeDevice()
    count += 1
    const identity = { hardware: { imei: device.imei } }
    const all = { id: `c-${count}`, receivedAt: parts(sentAt), identity, sbd: undefined, ...fields }
    await post({ format: 'cloudloop', fields: all }, `/cloudloop/incoming/${SECRET}`)
    return shown(device)
  }

  const PLACE = 'lat:3530.0000,NS:N,lon:12200.0000,EW:W'
  const fix = (at: number): string => `PK101;${PLACE},utc:${utc(at)},batt:4.2,int:20,sl:0,st:0`
  const base64 = (text: string): string => Buffer.from(text).toString('base64')

  describe('time of the fix', () => {
    it.each([
      ['a minute before its transmission', 60_000],
      ['14 hours before its transmission, not 10 after', 14 * HOUR_MS],
      ['18 s after its transmission', -18_000],
    ])('dates a fix %s', async (_name, before) => {
      const { report, device } = await sendPacket(fix(sentAt - before))
      expect(report).toMatchObject({ fixAt: iso(sentAt - before), at: iso(sentAt - before), problems: [] })
      expect(device.lastFix.at).toBe(iso(sentAt - before))
    })

    it('trusts an old transmission time, but uses the arrival time for one in the future', async () => {
      const years = sentAt - 6 * 365 * DAY_MS
      const old = await sendPacket(fix(years - 60_000), { transmit_time: short(years) })
      expect(old.report).toMatchObject({ at: iso(years - 60_000), problems: [] })
      const future = await sendPacket(fix(sentAt), { transmit_time: short(sentAt + 400 * DAY_MS) })
      const { receivedAt } = future.message
      expect(future.message).toMatchObject({ transmitTime: receivedAt, problems: [{ code: 'clock-wrong' }] })
      expect(future.report).toMatchObject({ at: iso(sentAt), fixAt: iso(sentAt), problems: [{ code: 'clock-wrong' }] })
    })

    it('dates a tracker with a broken clock by its transmission, and keeps the claimed time', async () => {
      const rolledBack = sentAt - 1024 * 7 * DAY_MS
      for (const claimed of [rolledBack, Date.UTC(2003, 6, 1), Date.UTC(1980, 0, 6), 0, sentAt + HOUR_MS]) {
        const { report, device } = await sendTracker({ at: isoSeconds(claimed) })
        expect(report).toMatchObject({
          hasFix: true,
          at: iso(sentAt),
          fixAt: null,
          claimedAt: iso(claimed),
          quality: 'good',
          problems: [{ field: 'at', code: 'clock-wrong', message: expect.stringContaining(iso(claimed)) }],
        })
        expect(device.lastFix).toMatchObject({ at: iso(sentAt), latitude: 52.38671 })
      }
      const both = await sendTracker({ at: isoSeconds(rolledBack), txAt: isoSeconds(rolledBack) })
      expect(both.report).toMatchObject({ at: iso(sentAt), problems: [{ field: 'txAt' }, { field: 'at' }] })
    })

    it('accepts a fix that was stored for ten days', async () => {
      const { report } = await sendTracker({ at: isoSeconds(sentAt - 10 * DAY_MS) })
      expect(report).toMatchObject({ at: iso(sentAt - 10 * DAY_MS), claimedAt: null, problems: [] })
    })
  })

  describe('position', () => {
    const packet = (place: string): string => `PK101;${place},utc:${utc(sentAt)},batt:4.2,int:20,sl:0,st:0`
    const nowhere = {
      hasFix: false,
      latitude: null,
      longitude: null,
      quality: 'bad',
      problems: [{ code: 'null-island' }],
    }

    it.each([
      ['PK101', packet('lat:000.0000,NS:N,lon:000.0000,EW:E')],
      ['PK001', 'PK001;lat:000.0100,NS:N,lon:000.0000,EW:E,utc:104100,sog:0.5,cog:12,sta:00'],
      ['PK004', 'PK004;000.0000,N,000.0100,E,0.5,12,104100.000,00'],
    ])('treats Null Island as a sign of life, not a fix (%s)', async (_name, data) => {
      const { report, device } = await sendPacket(data)
      expect(report).toMatchObject(nowhere)
      expect(device).toMatchObject({ lastFix: null, lastReport: { at: report.at } })
    })

    it('treats Null Island from a tracker as no fix', async () => {
      expect((await sendTracker({ lat: 0, lon: 0 })).report).toMatchObject({ ...nowhere, batteryPercent: 88 })
      const position = { standard: { at: parts(sentAt), latlng: {} } }
      const p6 = { messages: [{ mo: { type: 'MO_MESSAGE_AUTO_POSITION_REPORT', position } }] }
      expect((await sendCloudloop({ message: 'BgBt0A==', decoded: { p6 } })).report).toMatchObject(nowhere)
    })

    it.each([
      ['the equator', 'lat:000.0000,NS:N,lon:3000.0000,EW:W', 0, -30],
      ['the prime meridian', 'lat:3000.0000,NS:N,lon:000.0000,EW:E', 30, 0],
      ['300 m from Null Island', 'lat:000.0000,NS:N,lon:000.1620,EW:E', 0, 0.0027],
    ])('accepts a fix at %s', async (_name, place, latitude, longitude) => {
      const { report, device } = await sendPacket(packet(place))
      expect(report).toMatchObject({ hasFix: true, latitude, longitude, quality: 'good', problems: [] })
      expect(device.lastFix).toMatchObject({ latitude, longitude })
    })
  })

  describe('flags set by the vendor', () => {
    it('quarantines a payload that failed its CRC check, and reads nothing from it', async () => {
      const imt = { topic: 'RAW', crcError: true }
      const { listed, message, report, device } = await sendCloudloop({ imt, message: base64(fix(sentAt)) })
      expect(listed).toMatchObject({ state: 'quarantined', reason: { code: 'damaged-by-radio' }, decoded: null })
      expect(message).toMatchObject({ payload: { text: fix(sentAt) }, report: null })
      expect([report, device.lastFix]).toEqual([null, null])
      const fine = await sendCloudloop({ imt: { ...imt, crcError: false }, message: base64(fix(sentAt)) })
      expect(fine.report).toMatchObject({ hasFix: true })
    })

    it('marks Iridium’s position estimate as reliable or not, by the session status', async () => {
      const unreliable = await sendPacket(fix(sentAt), { iridium_session_status: 2 })
      expect(unreliable.report.iridium).toMatchObject({ latitude: 52.3867, reliable: false })
      expect(unreliable.message).toMatchObject({
        iridium: { reliable: false },
        report: { iridium: { reliable: false } },
      })
      const fine = await sendPacket(fix(sentAt), { iridium_session_status: 0 })
      expect(fine.report.iridium).toMatchObject({ reliable: true })
      expect(fine.message.iridium).toMatchObject({ reliable: true })
    })

    it('flags an incomplete message, and one with mismatched IMEIs', async () => {
      const { listed, message } = await sendPacket(fix(sentAt), { iridium_session_status: 13 })
      expect(listed).toMatchObject({ state: 'accepted', problems: [{ code: 'incomplete' }] })
      expect(message.problems).toEqual(listed.problems)
      const { imei, iam } = await makeDevice()
      const sbd = { imei, momsn: 4, sessionAt: parts(sentAt), status: 'SESSION_STATUS_OK' }
      const fields = {
        id: 'c-mismatch',
        identity: { hardware: { imei: randomImei() } },
        sbd,
        message: base64(fix(sentAt)),
      }
      await post({ format: 'cloudloop', fields }, `/cloudloop/incoming/${SECRET}`)
      expect((await shown({ imei, iam })).listed).toMatchObject({ imei, problems: [{ code: 'imei-mismatch' }] })
    })
  })

  describe('a tracker behind Cloudloop', () => {
    const P6 = Buffer.from('06006dd0782270586e100c90818c004664120d', 'hex').toString('base64')
    const AUTO = 'MO_MESSAGE_AUTO_POSITION_REPORT'
    const send = (...mos: object[]) =>
      sendCloudloop({ message: P6, decoded: { p6: { status: true, messages: mos.map((mo) => ({ mo })) } } })
    const at = () => parts(sentAt - 60_000)

    it('reads a position, a report without a fix, and a text command', async () => {
      const standard = { at: at(), latlng: { latitude: 35.5, longitude: -122 } }
      const { report, device } = await send({ type: AUTO, position: { standard } })
      expect(report).toMatchObject({ hasFix: true, latitude: 35.5, at: iso(sentAt - 60_000), quality: 'good' })
      expect(device.lastFix).toMatchObject({ latitude: 35.5, longitude: -122 })
      const none = await send({ type: `${AUTO}_NO_FIX`, position: { noFix: { at: at() } } })
      expect(none).toMatchObject({ report: { hasFix: false, quality: 'missing' }, device: { lastFix: null } })
      const text = await send({ type: 'MO_MESSAGE_TEXT', textMessage: { message: 'IRD update 20 min' } })
      expect(text.message).toMatchObject({ packetType: 'PK006', decoded: { command: { minutes: 20 } } })
    })

    it('quarantines a configuration message, and one without decoded fields', async () => {
      const { listed } = await send({ type: 'MO_MESSAGE_CONFIG', config: {} })
      expect(listed).toMatchObject({ state: 'quarantined', reason: { code: 'p6-not-read' } })
      expect((await sendCloudloop({ message: P6 })).listed.reason.code).toBe('p6-not-read')
    })
  })

  describe('formats and paths', () => {
    it.each(ADDRESSES)('accepts every format at /%s/incoming', async (address) => {
      const path = `/${address}/incoming/${SECRET}`
      const { imei, iam } = await makeDevice()
      const a = { imei, momsn: 1, transmit_time: short(sentAt - 3000), data: hex(fix(sentAt - 3000)) }
      await post({ format: 'rockblock', fields: a }, path)
      await post({ format: 'rockblock', encoding: 'form', fields: { ...a, momsn: 2 } }, path)
      expect((await shown({ imei, iam })).message).toMatchObject({ format: 'rockblock', report: { hasFix: true } })
      const time = isoSeconds(sentAt - 2000)
      const b = { id: `b-${address}`, imei, transmit_time: time, txAt: time, at: time }
      await post({ format: 'core-push', fields: b }, path)
      expect((await shown({ imei, iam })).message).toMatchObject({
        format: 'core-push',
        report: { latitude: 52.38671 },
      })
      const sbd = { imei, momsn: 4, sessionAt: parts(sentAt - 1000), status: 'SESSION_STATUS_OK' }
      const c = { id: `c-${address}`, identity: {}, sbd, message: base64(fix(sentAt - 1000)) }
      await post({ format: 'cloudloop', fields: c }, path)
      expect((await shown({ imei, iam })).message).toMatchObject({ format: 'cloudloop', report: { latitude: 35.5 } })
    })

    it.each([
      `//rockblock/incoming/${SECRET}`,
      `/rockblock//incoming//${SECRET}`,
      `//rockblock//incoming?key=${SECRET}`,
    ])('accepts a doubled slash: %s', async (path) => {
      const { imei, iam } = await makeDevice()
      const fields = { imei, momsn: 1, transmit_time: short(sentAt), data: hex(fix(sentAt)) }
      await post({ format: 'rockblock', fields }, path)
      expect((await shown({ imei, iam })).report).toMatchObject({ hasFix: true })
    })

    it('ignores blanks in the hex, and reads null as an empty session', async () => {
      const spaced = hex(fix(sentAt)).replace(/(..)/g, '$1 ')
      expect((await sendPacket('', { data: spaced })).report).toMatchObject({ hasFix: true, latitude: 35.5 })
      const { listed, report } = await sendPacket('', { data: null })
      expect(listed).toMatchObject({ state: 'accepted', decoded: { kind: 'empty' } })
      expect(report).toBeNull()
    })

    it('rolls second 60 over into the next minute', async () => {
      const minute = Math.floor(sentAt / 60_000) * 60_000
      const sixty = `${short(minute - 60_000).slice(0, -2)}60`
      const { message } = await sendPacket(fix(minute), { transmit_time: sixty })
      expect(message.transmitTime).toBe(iso(minute))
      const { report } = await sendPacket(`PK101;${PLACE},utc:${utc(minute - 60_000).slice(0, -2)}60`)
      expect(report).toMatchObject({ fixAt: iso(minute), problems: [] })
    })

    it('finds a tracker by its serial, and reads both the text and the bytes of one push', async () => {
      const { imei, iam } = await makeDevice('RS-4711')
      const userData = hex(fix(sentAt))
      const times = { transmit_time: isoSeconds(sentAt), txAt: isoSeconds(sentAt), at: isoSeconds(sentAt) }
      const fields = { id: 'b-serial', imei: undefined, serial: 'RS-4711', ...times, message: 'Beacon ON', userData }
      await post({ format: 'core-push', fields }, `/rockstar/incoming/${SECRET}`)
      const { message, report } = await shown({ imei, iam })
      expect(message).toMatchObject({ imei, packetType: 'PK005', decoded: { packet: { packetType: 'PK101' } } })
      expect(report).toMatchObject({ packetType: 'PK101', latitude: 35.5, intervalMinutes: 20 })
    })
  })
})
