import { buildModem, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

import { accepted, delivery, hex, PK001 } from '../test/support/deliveries.ts'
import { createIntake, type Intake } from './intake.ts'

describe('intake', () => {
  let db: TestDatabase
  let intake: Intake
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())
  beforeEach(() => {
    intake = createIntake({ db })
  })

  describe('format B', () => {
    const tracker = (fields: Record<string, unknown>) => delivery({ format: 'core-push', fields })

    it('turns a position into a report', async () => {
      const { stored } = accepted(await intake.accept(tracker({ id: 'b1' })))
      expect(stored).toMatchObject({ packetType: 'TRACKER', decoded: { kind: 'position', trigger: 'ROUTINE' } })
      expect(stored.report).toMatchObject({
        hasFix: true,
        latitude: 52.38671,
        longitude: 0.29382,
        fixAt: new Date('2021-10-31T10:40:00Z'),
        batteryPercent: 88,
        fixSkewSeconds: 110,
        source: 'device',
      })
    })

    it('stores a position computed by Iridium as an estimate, not as a fix', async () => {
      const given = tracker({ id: 'b2', source: 'IRIDIUM', iridium_latitude: undefined, iridium_longitude: undefined })
      const { stored } = accepted(await intake.accept(given))
      expect(stored.report).toMatchObject({
        hasFix: false,
        latitude: null,
        fixAt: null,
        source: 'iridium',
        iridium: { latitudeDegrees: 52.38671, longitudeDegrees: 0.29382 },
      })
    })

    it('reads a command in a text, and keeps the position that came with it', async () => {
      const { stored } = accepted(
        await intake.accept(tracker({ id: 'b3', trigger: 'MESSAGE', message: 'IRD update 20 min' })),
      )
      expect(stored).toMatchObject({
        packetType: 'PK006',
        decoded: {
          kind: 'command',
          command: { command: 'interval', minutes: 20 },
          tracker: { text: 'IRD update 20 min' },
        },
        report: { packetType: 'TRACKER', hasFix: true },
      })
    })

    it('dates a position by its transmission when the tracker’s clock is wrong', async () => {
      const transmitted = new Date('2021-10-31T10:41:50Z')
      for (const [index, at] of ['2002-03-17T10:40:00Z', '1970-01-01T00:00:00Z', '2021-10-31T11:00:00Z'].entries()) {
        const { stored } = accepted(await intake.accept(tracker({ id: `clock-${index}`, at })))
        expect(stored.report).toMatchObject({
          hasFix: true,
          latitude: 52.38671,
          at: transmitted,
          fixAt: null,
          claimedAt: new Date(at),
          problems: [{ field: 'at', code: 'clock-wrong' }],
        })
      }
      const rolled = { at: '2002-03-17T10:40:00Z', txAt: '2002-03-17T10:41:50Z' }
      const { stored } = accepted(await intake.accept(tracker({ id: 'clock-both', ...rolled })))
      expect(stored.report).toMatchObject({ at: transmitted, problems: [{ field: 'txAt' }, { field: 'at' }] })
    })

    it('trusts a fix stored for 30 days, and a fix in a message that is years late', async () => {
      const days = accepted(await intake.accept(tracker({ id: 'days', at: '2021-10-01T10:41:50Z' })))
      expect(days.stored.report).toMatchObject({ at: new Date('2021-10-01T10:41:50Z'), claimedAt: null, problems: [] })
      const times = { at: '2015-05-01T10:00:00Z', txAt: '2015-05-01T10:01:00Z', transmit_time: '2015-05-01T10:01:00Z' }
      const years = accepted(await intake.accept(tracker({ id: 'years', ...times })))
      expect(years.stored.report).toMatchObject({ at: new Date('2015-05-01T10:00:00Z'), problems: [] })
    })

    it('reads null island as no fix, but a zero longitude elsewhere as a fix', async () => {
      const { stored } = accepted(await intake.accept(tracker({ id: 'b0', lat: 0.0001, lon: 0 })))
      expect(stored.report).toMatchObject({
        hasFix: false,
        latitude: null,
        fixAt: null,
        at: new Date('2021-10-31T10:40:00Z'),
        quality: 'bad',
        batteryPercent: 88,
        problems: [{ field: 'lat', code: 'null-island' }],
      })
      const greenwich = accepted(await intake.accept(tracker({ id: 'b00', lon: 0 })))
      expect(greenwich.stored.report).toMatchObject({ hasFix: true, longitude: 0, quality: 'good' })
    })

    it('reads a text and the bytes beside it', async () => {
      const userData = hex(PK001)
      const both = accepted(await intake.accept(tracker({ id: 'both', message: 'fish on!', userData })))
      expect(both.stored).toMatchObject({
        packetType: 'PK001',
        problems: [],
        decoded: { kind: 'position', tracker: { text: 'fish on!' } },
        report: { packetType: 'PK001', latitude: 35.5, batteryVolts: 12.4 },
      })
      const command = accepted(await intake.accept(tracker({ id: 'command', message: 'Beacon ON', userData })))
      expect(command.stored).toMatchObject({
        packetType: 'PK005',
        problems: [],
        decoded: { kind: 'command', tracker: { text: 'Beacon ON' }, packet: { packetType: 'PK001' } },
        report: { packetType: 'PK001', latitude: 35.5 },
      })
      const two = { message: 'IRD update 20 min', userData: hex('PK006;10') }
      const commands = accepted(await intake.accept(tracker({ id: 'two', ...two })))
      expect(commands.stored).toMatchObject({
        decoded: { command: { minutes: 20 }, packet: { command: { minutes: 10 } } },
        report: { latitude: 52.38671 },
        problems: [{ field: 'userData', code: 'second-command' }],
      })
      const noise = accepted(await intake.accept(tracker({ id: 'noise', message: 'fish on!', userData: 'ff' })))
      expect(noise.stored).toMatchObject({
        decoded: { kind: 'text', text: 'fish on!' },
        problems: [{ field: 'userData', code: 'bytes-not-read' }],
      })
    })

    it('finds the modem by serial without an IMEI, and quarantines an ambiguous or unknown serial', async () => {
      const modem = await buildModem(db, { serial: 'RS-77' })
      const known = tracker({ id: 'serial', imei: undefined, serial: 'RS-77' })
      const { stored, key } = accepted(await intake.accept(known))
      expect(stored).toMatchObject({ imei: modem.imei, modemId: modem.id, report: { latitude: 52.38671 } })
      expect(key).toBe('b/sRS-77.serial')
      expect(await intake.accept(known)).toMatchObject({ status: 'duplicate' })

      await buildModem(db, { serial: 'RS-78' })
      await buildModem(db, { serial: 'RS-78' })
      for (const serial of ['RS-78', 'RS-79']) {
        const other = accepted(await intake.accept(tracker({ id: `unknown ${serial}`, imei: undefined, serial })))
        expect(other.stored).toMatchObject({ state: 'quarantined', imei: null, report: null })
        expect(await db.models.InboundMessage.findByPk(other.messageId)).toMatchObject({
          reasonCode: 'missing-field',
          reasonDetail: `imei: missing, and no single modem has the serial ${serial}`,
        })
      }
    })

    it('accepts a text that is not a command, and an acknowledgement', async () => {
      const noPosition = { lat: undefined, lon: undefined }
      const text = accepted(await intake.accept(tracker({ id: 'b4', message: 'fish on!', ...noPosition })))
      expect(text.stored).toMatchObject({
        state: 'accepted',
        decoded: { kind: 'text', text: 'fish on!' },
        report: null,
      })
      const ack = accepted(
        await intake.accept(tracker({ id: 'b5', trigger: 'ACKNOWLEDGE', message_ack: '124196', ...noPosition })),
      )
      expect(ack.stored).toMatchObject({ decoded: { kind: 'acknowledgement', messageAck: '124196' } })
    })
  })
})
