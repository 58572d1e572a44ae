import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { SAMPLE_FIELDS } from '@paikea/rockblock-client/testing'

import { accepted, delivery, PK001, receivedAt } from '../test/support/deliveries.ts'
import { createIntake, type Intake } from './intake.ts'
import { reread } from './reread.ts'

const transmitTime = new Date('2021-10-31T10:41:50Z')
const receivedAtParts = { year: 2021, month: 10, day: 31, hour: 10, minute: 41, second: 50 }

describe('intake of format C', () => {
  let db: TestDatabase
  let intake: Intake
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    intake = createIntake({ db })
  })
  afterAll(() => db.drop())

  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const send = async (id: string, fields: Record<string, unknown>) => {
    const sbd = { imei: '300234010753370', momsn: 7, sessionAt: receivedAtParts, status: 'SESSION_STATUS_OK' }
    const all = { id, receivedAt: receivedAtParts, message: base64(PK001), sbd, ...fields }
    return accepted(await intake.accept(delivery({ format: 'cloudloop', fields: all })))
  }
  const rowOf = (id: number) => db.models.InboundMessage.findByPk(id, { rejectOnEmpty: true })

  describe('with a payload that failed its CRC', () => {
    const damaged = { sbd: undefined, imt: { topic: 'RAW', crcError: true } }

    it('quarantines the payload undecoded', async () => {
      const { stored, messageId, state } = await send('crc', damaged)
      expect(state).toBe('quarantined')
      expect(stored).toMatchObject({ decoded: null, report: null, packetType: null })
      const row = await rowOf(messageId)
      expect(row).toMatchObject({ reasonCode: 'damaged-by-radio', imei: '300234010753370' })
      expect(row.payload?.toString()).toBe(PK001)
    })

    it('quarantines it again on rereading, but decodes it when a person releases it', async () => {
      const row = await rowOf((await send('crc-again', damaged)).messageId)
      expect(await reread(db, row)).toMatchObject({
        state: 'quarantined',
        reasonCode: 'damaged-by-radio',
        report: null,
      })
      expect(await reread(db, row, { isReleased: true })).toMatchObject({
        state: 'accepted',
        reasonCode: null,
        duplicateKey: row.duplicateKey,
        receivedAt,
        format: 'cloudloop',
        verifiedBy: 'secret',
        sourceAddress: '192.0.2.7',
        packetType: 'PK001',
        problems: [{ field: 'imt.crcError', code: 'damaged-by-radio' }],
        report: { hasFix: true, latitude: 35.5, problems: [{ code: 'damaged-by-radio' }] },
      })
    })

    it('accepts a payload that passed it', async () => {
      const { stored } = await send('crc-fine', { sbd: undefined, imt: { topic: 'RAW', crcError: false } })
      expect(stored).toMatchObject({ state: 'accepted', problems: [], report: { hasFix: true } })
    })
  })

  it('notes two different IMEIs in one message', async () => {
    const hardware = { imei: '300234010753371' }
    const { stored } = await send('mismatch', { identity: { hardware } })
    expect(stored).toMatchObject({
      imei: '300234010753370',
      problems: [{ field: 'identity.hardware.imei', code: 'imei-mismatch', message: '"300234010753371"' }],
    })
  })

  describe('from a tracker', () => {
    const P6 = Buffer.from('06006dd0782270586e100c90818c004664120d', 'hex').toString('base64')
    const at = { year: 2021, month: 10, day: 31, hour: 10, minute: 30, second: 0 }
    const position = { standard: { at, latlng: { latitude: 52.38671, longitude: 0.29382 }, sog: 1.5, cog: 270 } }
    const AUTO = 'MO_MESSAGE_AUTO_POSITION_REPORT'
    const push = (id: string, ...mos: object[]) =>
      send(id, { message: P6, decoded: { p6: { status: true, messages: mos.map((mo) => ({ mo })) } } })

    it('reads a position decoded by the vendor, as for format B', async () => {
      const { stored } = await push('p6', { type: AUTO, position })
      expect(stored).toMatchObject({
        state: 'accepted',
        packetType: 'TRACKER',
        problems: [],
        decoded: { kind: 'position', trigger: AUTO, latitudeDegrees: 52.38671 },
        report: { hasFix: true, latitude: 52.38671, sogKnots: 1.5, quality: 'good', fixSkewSeconds: 710 },
      })
      expect(stored.report?.fixAt).toEqual(new Date('2021-10-31T10:30:00Z'))
    })

    it('reads reports without a fix, at null island and with a wrong clock', async () => {
      const none = await push('p6-none', { type: `${AUTO}_NO_FIX`, position: { noFix: { at } } })
      expect(none.stored.report).toMatchObject({
        hasFix: false,
        quality: 'missing',
        at: new Date('2021-10-31T10:30:00Z'),
      })
      const nowhere = await push('p6-0', { type: AUTO, position: { standard: { at, latlng: {} } } })
      expect(nowhere.stored.report).toMatchObject({
        hasFix: false,
        quality: 'bad',
        problems: [{ code: 'null-island' }],
      })
      const rolled = { ...position.standard, at: { ...at, year: 2002 } }
      const broken = await push('p6-clock', { type: AUTO, position: { standard: rolled } })
      expect(broken.stored.report).toMatchObject({
        hasFix: true,
        at: transmitTime,
        fixAt: null,
        claimedAt: new Date('2002-10-31T10:30:00Z'),
        problems: [{ field: 'decoded.p6.at', code: 'clock-wrong' }],
      })
    })

    it('reads a command in a text beside a position', async () => {
      const text = { type: 'MO_MESSAGE_TEXT', textMessage: { message: 'IRD update 20 min' } }
      const { stored } = await push('p6-text', { type: AUTO, position }, text)
      expect(stored).toMatchObject({
        packetType: 'PK006',
        report: { packetType: 'TRACKER', hasFix: true },
        decoded: { kind: 'command', command: { minutes: 20 }, tracker: { text: 'IRD update 20 min' } },
      })
    })

    it('quarantines what it cannot read, and notes what it can read only in part', async () => {
      const config = { type: 'MO_MESSAGE_CONFIG', config: {} }
      const unknown = await push('p6-config', config)
      expect(await rowOf(unknown.messageId)).toMatchObject({
        state: 'quarantined',
        reasonCode: 'p6-not-read',
        reasonDetail: 'MO_MESSAGE_CONFIG',
        decoded: null,
      })
      const encrypted = { p6: { status: false, error: ['ERROR_ENCRYPTED_NO_KEY'] } }
      const failed = await send('p6-failed', { message: P6, decoded: encrypted })
      expect(await rowOf(failed.messageId)).toMatchObject({
        reasonCode: 'p6-not-read',
        reasonDetail: 'ERROR_ENCRYPTED_NO_KEY',
      })
      const bare = await send('p6-bare', { message: P6 })
      expect(await rowOf(bare.messageId)).toMatchObject({ reasonCode: 'p6-not-read' })
      const partly = await push('p6-partly', { type: AUTO, position }, config)
      expect(partly.stored).toMatchObject({ report: { hasFix: true }, problems: [{ code: 'p6-partly-read' }] })
      const noise = await send('noise', { message: Buffer.from('ff00', 'hex').toString('base64') })
      expect(await rowOf(noise.messageId)).toMatchObject({ reasonCode: 'not-ascii' })
    })
  })

  it('recognises the format by its shape at another format’s address', async () => {
    const fields = { ...SAMPLE_FIELDS.cloudloop, id: 'elsewhere', message: base64(PK001) }
    const given = delivery({ format: 'cloudloop', fields }, { format: 'rockblock' })
    const { stored, messageId } = accepted(await intake.accept(given))
    expect(stored).toMatchObject({ state: 'accepted', report: { hasFix: true } })
    expect((await rowOf(messageId)).format).toBe('cloudloop')
  })
})
