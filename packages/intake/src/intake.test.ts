import type { StoredMessage } from '@paikea/database'
import { buildDevice, buildModem, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

import { accepted, delivery, hex, PK001, receivedAt, rockblock } from '../test/support/deliveries.ts'
import type { Delivery } from './delivery.ts'
import { createIntake, type Intake } from './intake.ts'

describe('intake', () => {
  let db: TestDatabase
  let intake: Intake
  let told: StoredMessage[]
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())
  beforeEach(() => {
    told = []
    intake = createIntake({ db, onStored: (message) => told.push(message) })
  })

  it.each([
    ['is unreadable, dated by the transmission', 'abc', '10:41:50'],
    ['is minutes ahead, dated by the arrival', '105150', '10:42:00'],
    ['is hours behind, dated by itself', '004000', '00:40:00'],
    ['is seconds ahead, dated by the arrival', '104204', '10:42:00'],
  ])('updates the device state from a position whose time %s', async (_name, utc, time) => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const text = `PK001;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:${utc},sog:1.5,cog:270,sta:01`
    accepted(await intake.accept(rockblock({ imei: modem.imei, data: hex(text) })))
    const state = await db.models.DeviceState.findByPk(device.id)
    expect(state?.get({ plain: true })).toMatchObject({ latitude: 35.5, lastFixAt: new Date(`2021-10-31T${time}Z`) })
  })

  it('dates a fix to the day before rather than hours ahead of its transmission', async () => {
    const text = 'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:204150,batt:4.2,int:20,sl:0,st:0'
    const { stored } = accepted(await intake.accept(rockblock({ momsn: 3, data: hex(text) })))
    const fixAt = new Date('2021-10-30T20:41:50Z')
    expect(stored.report).toMatchObject({ fixAt, at: fixAt, fixSkewSeconds: 50_400, quality: 'good', problems: [] })
  })

  it('dates a fix by its arrival when the claimed transmission time lies after that', async () => {
    const fields = { momsn: 4, data: hex(PK001), transmit_time: '31-10-21 10:41:50' }
    const { stored } = accepted(await intake.accept(rockblock(fields)))
    expect(stored).toMatchObject({
      transmitTime: receivedAt,
      problems: [{ field: 'transmit_time', code: 'clock-wrong' }],
    })
    const fixAt = new Date('2021-10-31T10:41:00Z')
    expect(stored.report).toMatchObject({ fixAt, at: fixAt, fixSkewSeconds: null, problems: [{ code: 'clock-wrong' }] })
  })

  it('reads null island as a bad report without a fix', async () => {
    const text = 'PK101;lat:000.0000,NS:N,lon:000.0000,EW:E,utc:104100,batt:4.2,int:20,sl:0,st:0'
    const { stored } = accepted(await intake.accept(rockblock({ momsn: 5, data: hex(text) })))
    expect(stored.report).toMatchObject({
      hasFix: false,
      latitude: null,
      longitude: null,
      fixAt: null,
      batteryVolts: 4.2,
      quality: 'bad',
      problems: [{ field: 'lat', code: 'null-island', message: expect.stringContaining('0, 0') }],
    })
  })

  it.each<[status: number, reliable: boolean, codes: string[]]>([
    [0, true, []],
    [2, false, []],
    [13, true, ['incomplete']],
    [99, true, []],
  ])('derives problems and reliability from session status %d', async (status, isReliable, codes) => {
    const fields = { momsn: 100 + status, iridium_session_status: status, data: hex(PK001) }
    const { stored } = accepted(await intake.accept(rockblock(fields)))
    expect(stored.problems.map(({ code }) => code)).toEqual(codes)
    expect(stored.report).toMatchObject({ hasFix: true, iridium: { isReliable } })
  })

  it('stores a PK001 and its report under the modem’s device, and calls onStored before it answers', async () => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const result = accepted(await intake.accept(rockblock({ imei: modem.imei, data: hex(PK001) })))
    expect(told).toEqual([result.stored])
    expect(result.stored).toMatchObject({
      imei: modem.imei,
      iam: device.iam,
      groupId: device.groupId,
      state: 'accepted',
      packetType: 'PK001',
      transmitTime: new Date('2021-10-31T10:41:50Z'),
      decoded: { kind: 'position', latitudeDegrees: 35.5 },
      report: {
        at: new Date('2021-10-31T10:41:00Z'),
        fixAt: new Date('2021-10-31T10:41:00Z'),
        fixSkewSeconds: 50,
        hasFix: true,
        latitude: 35.5,
        longitude: -122,
        sogKnots: 1.5,
        cogDegrees: 270,
        batteryVolts: 12.4,
        beaconOn: true,
        source: 'device',
        iridium: { latitudeDegrees: 52.3867, longitudeDegrees: 0.2938, cepKm: 8 },
      },
    })
    const row = await db.models.InboundMessage.findByPk(result.messageId)
    expect(row?.get({ plain: true })).toMatchObject({
      duplicateKey: result.key,
      verifiedBy: 'secret',
      verificationNote: null,
      sourceAddress: '192.0.2.7',
      momsn: 12,
      receivedAt,
      decoded: { kind: 'position', fixAt: '2021-10-31T10:41:00.000Z' },
    })
  })

  it('recognises a copy of a JSON delivery that comes as a form', async () => {
    const fields = { momsn: 77, data: hex(PK001) }
    const first = accepted(await intake.accept(rockblock(fields)))
    const copy = await intake.accept(delivery({ format: 'rockblock', encoding: 'form', fields }))
    expect(copy).toEqual({ status: 'duplicate', messageId: first.messageId, key: first.key })
    expect((await db.models.InboundMessage.findByPk(first.messageId))?.copies).toBe(1)
    expect(told).toHaveLength(1)
  })

  it('accepts an empty session without making a report', async () => {
    const { stored } = accepted(await intake.accept(rockblock({ momsn: 1001, data: '' })))
    expect(stored).toMatchObject({ state: 'accepted', packetType: null, decoded: { kind: 'empty' }, report: null })
  })

  it('accepts a handset’s command without making a report', async () => {
    const { stored } = accepted(await intake.accept(rockblock({ momsn: 1002, data: hex('PK006;10') })))
    expect(stored).toMatchObject({ state: 'accepted', packetType: 'PK006', report: null })
    expect(stored.decoded).toMatchObject({ kind: 'command', command: { command: 'interval', minutes: 10 } })
  })

  it('dates a report without a fix by its transmission, and gives it no position', async () => {
    const data = hex('PK101;lat:999,NS:N,lon:999,EW:E,utc:000012,batt:11.9,int:10,sl:0,st:1')
    const { stored } = accepted(await intake.accept(rockblock({ momsn: 1003, data })))
    expect(stored.report).toMatchObject({
      hasFix: false,
      fixAt: null,
      latitude: null,
      longitude: null,
      at: new Date('2021-10-31T10:41:50Z'),
      batteryVolts: 11.9,
      intervalMinutes: 10,
      reason: 'power-on',
    })
  })

  describe('keeps in quarantine, given the right secret:', () => {
    it.each<[string, Partial<Delivery>, string]>([
      ['broken JSON', { body: Buffer.from('{"imei":'), contentType: 'application/json' }, 'not-json'],
      ['a wrong content type', { body: Buffer.from('hello'), contentType: 'text/plain' }, 'wrong-content-type'],
      ['an empty body', { body: new Uint8Array(0), contentType: 'application/json' }, 'empty-body'],
    ])('%s', async (_name, overrides, reasonCode) => {
      const result = accepted(await intake.accept(rockblock({}, overrides)))
      expect(result).toMatchObject({ state: 'quarantined', key: expect.stringMatching(/^x\/[0-9a-f]{64}$/) })
      const row = await db.models.InboundMessage.findByPk(result.messageId)
      expect(row).toMatchObject({ state: 'quarantined', reasonCode, decoded: null })
      expect(row?.rawBody.equals(Buffer.from(overrides.body ?? []))).toBe(true)
      await expect(intake.accept(rockblock({}, overrides))).resolves.toMatchObject({ status: 'duplicate' })
    })

    it.each<[string, Record<string, unknown>, string]>([
      ['data that is not hex', { data: 'zz' }, 'not-hex'],
      ['an unknown packet', { data: hex('PK999;x') }, 'unknown-type'],
      ['a missing field', { transmit_time: undefined }, 'missing-field'],
    ])('%s, with its IMEI', async (_name, fields, reasonCode) => {
      const { stored, messageId } = accepted(await intake.accept(rockblock({ momsn: 2001, ...fields })))
      expect(stored).toMatchObject({ state: 'quarantined', imei: '300234010753370', report: null })
      expect(await db.models.InboundMessage.findByPk(messageId)).toMatchObject({ reasonCode })
    })

    const body = (fields: object): Uint8Array => Buffer.from(JSON.stringify(fields))
    const twice = { imei: '300234010753371', momsn: 2003, transmit_time: '21-10-31 10:41:50', data: '' }
    it.each<[string, Partial<Delivery>, string]>([
      [
        'a Cloudloop message whose payload is not Base64',
        { format: 'cloudloop', body: body({ id: 'q1', sbd: { imei: '300234010753371' }, message: '%%%' }) },
        'not-base64',
      ],
      [
        'JSON with two IMEIs',
        { body: Buffer.from(JSON.stringify(twice).replace('}', ',"imei":"300000000000001"}')) },
        'doubled-field',
      ],
      [
        'a form with two IMEIs',
        {
          body: Buffer.from(`${new URLSearchParams({ ...twice, momsn: '2003' }).toString()}&imei=300000000000001`),
          contentType: 'application/x-www-form-urlencoded',
        },
        'doubled-field',
      ],
    ])('%s, under the first IMEI it names', async (_name, overrides, reasonCode) => {
      const { stored, messageId } = accepted(await intake.accept(rockblock({}, overrides)))
      expect(stored).toMatchObject({ state: 'quarantined', imei: '300234010753371' })
      expect(await db.models.InboundMessage.findByPk(messageId)).toMatchObject({ reasonCode })
      const modem = await db.models.Modem.findOne({ where: { imei: '300234010753371' } })
      expect(modem?.id).toBe(stored.modemId)
    })

    it.each<[string, unknown]>([
      ['an error', new TypeError('planted')],
      ['something else', 'planted'],
    ])('a message for which the decoder throws %s', async (_name, thrown) => {
      const broken = createIntake({
        db,
        decode: () => {
          throw thrown
        },
      })
      const momsn = thrown instanceof Error ? 2101 : 2102
      const { stored, messageId } = accepted(await broken.accept(rockblock({ momsn, data: hex(PK001) })))
      expect(stored).toMatchObject({ state: 'quarantined', decoded: null, report: null })
      const row = await db.models.InboundMessage.findByPk(messageId)
      expect(row).toMatchObject({ reasonCode: 'decoder-threw', momsn })
      expect(row?.payload?.toString()).toBe(PK001)
    })

    it('a message for which the decoder returns a value that no column accepts', async () => {
      const decoded = {
        kind: 'position',
        packetType: 'PK001',
        hasFix: true,
        fixAt: new Date(Number.NaN),
        latitudeDegrees: 1,
      }
      // What a decoder with a bug could answer, past its type.
      const broken = createIntake({ db, decode: (() => ({ ok: true, report: { ...decoded, problems: [] } })) as never })
      const { stored } = accepted(await broken.accept(rockblock({ momsn: 2103 })))
      expect(stored).toMatchObject({ state: 'quarantined', report: null })
    })
  })

  it('decodes the packet in a Cloudloop message', async () => {
    const message = Buffer.from(PK001).toString('base64')
    const { stored } = accepted(await intake.accept(delivery({ format: 'cloudloop', fields: { id: 'c1', message } })))
    expect(stored).toMatchObject({ packetType: 'PK001', report: { hasFix: true, latitude: 35.5 } })
  })

  it('writes concurrent deliveries in batches, in order of arrival', async () => {
    const total = 400
    let next = 0
    const ids: number[] = []
    const client = async (): Promise<void> => {
      while (next < total) {
        const index = (next += 1)
        ids[index] = accepted(await intake.accept(rockblock({ momsn: 6000 + index, data: hex(PK001) }))).messageId
      }
    }
    await Promise.all(Array.from({ length: 32 }, client))
    expect(new Set(ids.slice(1)).size).toBe(total)
    expect(ids.slice(1)).toEqual([...ids.slice(1)].sort((a, b) => a - b))
    const { batches, largestBatch } = intake.stats()
    expect(largestBatch).toBeGreaterThan(8)
    expect(batches).toBeLessThan(total / 4)
  })

  it('accepts a message and logs a warning when a listener throws', async () => {
    const events: string[] = []
    const warned = createIntake({
      db,
      onStored: () => {
        throw new Error('planted')
      },
      log: { warn: (event) => events.push(event) },
    })
    accepted(await warned.accept(rockblock({ momsn: 6001 })))
    expect(events).toEqual(['intake.listener-failed'])
  })
})
