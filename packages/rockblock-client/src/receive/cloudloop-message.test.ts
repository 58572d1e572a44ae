import { bytes, failureOf, messageOf, parseJson, text } from '../../test/bodies.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import { SAMPLE_FIELDS } from '../testing/mod.ts'
import type { CloudloopMessage } from './message.ts'
import { parseWebhook } from './parse-webhook.ts'

const sample = SAMPLE_FIELDS.cloudloop
const sbd = sample['sbd'] as Readonly<Record<string, unknown>>

function parse(changes: Readonly<Record<string, unknown>> = {}): CloudloopMessage {
  const message = messageOf(parseJson({ ...sample, ...changes }))
  if (message.format !== 'cloudloop') throw new Error(`format ${message.format}`)
  return message
}

describe('parseWebhook() of format C', () => {
  it('reads an SBD message', () => {
    const message = parse()
    includes(message, {
      id: '6c1e7f52-3d0b-4b6a-9d56-0f4f7c1a2b3c',
      service: 'sbd',
      imei: '300234010753370',
      serial: '14105',
      momsn: 5394,
      mtmsn: 0,
      transmitTime: new Date('2023-10-18T12:26:09Z'),
      receivedAt: new Date('2023-10-18T12:26:10Z'),
      deviceType: 'HARDWARE_TYPE_ROCKBLOCK',
      iridium: { latitudeDegrees: 50.8981, longitudeDegrees: -1.1946, cepKm: 4 },
      sessionStatus: 0,
      sessionStatusText: 'SESSION_STATUS_OK',
      accountId: 'account-1',
      subscriberId: 'subscriber-1',
      thingId: 'thing-1',
      cdrReference: '3301853709',
      jwt: null,
      problems: [],
      unknownFields: {},
    })
    equal(text(message.payload), 'Hello World')
  })

  it('reads an IMT message, taking the IMEI from identity.hardware and the time from receivedAt', () => {
    const message = parse({ sbd: undefined, imt: { topic: 'IMT_TOPIC_RAW', messageId: 77, size: 11 } })
    includes(message, {
      service: 'imt',
      topic: 'IMT_TOPIC_RAW',
      imtMessageId: '77',
      imei: '300234010753370',
      momsn: null,
      iridium: null,
      transmitTime: new Date('2023-10-18T12:26:10Z'),
      problems: [],
    })
  })

  it('reads an absent, null or empty message as an empty payload', () => {
    for (const message of [undefined, null, '']) equal(parse({ message }).payload.length, 0)
  })

  it('keeps the text of an unknown status name, and reads a numeric status', () => {
    includes(parse({ sbd: { ...sbd, status: 'SESSION_STATUS_TIMEOUT' } }), {
      sessionStatus: null,
      sessionStatusText: 'SESSION_STATUS_TIMEOUT',
    })
    includes(parse({ sbd: { ...sbd, status: 2 } }), { sessionStatus: 2, sessionStatusText: '2' })
  })

  it('recognises an unreliable position (2) and a lost link (13) by status name', () => {
    const names: [unknown, number | null][] = [
      ['SESSION_STATUS_OK_LOCATION_UNACCEPTABLE_QUALITY', 2],
      ['SESSION_STATUS_POSITION_UNRELIABLE', 2],
      ['SESSION_STATUS_RF_LINK_LOSS', 13],
      ['SESSION_STATUS_LINK_LOST', 13],
      ['13', 13],
      ['SESSION_STATUS_PROTOCOL_ANOMALY', null],
    ]
    for (const [status, expected] of names) equal(parse({ sbd: { ...sbd, status } }).sessionStatus, expected)
  })

  it('marks a payload that failed its CRC as damaged, and notes two IMEIs that differ', () => {
    const imt = (crcError: unknown) => parse({ sbd: undefined, imt: { topic: 'RAW', crcError } }).isDamaged
    equal([imt(true), imt('true'), imt(false), imt(undefined), parse().isDamaged], [true, true, false, false, false])
    ok(parse({ imt: { crcError: true } }).isDamaged, 'beside a session of the other service')
    const of = (hardware: object) => parse({ identity: { hardware } })
    const other = of({ imei: '300234010753371' })
    equal([other.imei, other.problems.map(({ code }) => code)], ['300234010753370', ['imei-mismatch']])
    for (const hardware of [{ imei: '' }, {}, { imei: 300234010753370 }]) equal(of(hardware).problems, [])
  })

  it('reads an empty serial as null and keeps unknown members', () => {
    const identity = { ...(sample['identity'] as object), hardware: { imei: '300234010753370', serial: '' } }
    includes(parse({ identity, signature: '' }), { serial: null, unknownFields: { signature: '' } })
  })

  it('reads a location of 0, 0 as no estimate', () => {
    equal(parse({ sbd: { ...sbd, location: { latitude: 0, longitude: 0, cep: 0 } } }).iridium, null)
  })

  it('fails with a reason when an essential field is missing or malformed', () => {
    const cases: [Readonly<Record<string, unknown>>, string, string][] = [
      [{ id: undefined }, 'missing-field', 'id'],
      [{ id: 7 }, 'bad-id', 'id'],
      [{ message: '%%%' }, 'not-base64', 'message'],
      [{ message: 'QQ=' }, 'not-base64', 'message'],
      [{ message: 5 }, 'not-base64', 'message'],
      [{ sbd: { ...sbd, imei: '123' } }, 'bad-imei', 'sbd.imei'],
      [{ sbd: { ...sbd, imei: undefined }, identity: {} }, 'missing-field', 'identity.hardware.imei'],
      [
        { sbd: { ...sbd, sessionAt: { year: 2023, month: 2, day: 30, hour: 0, minute: 0, second: 0 } } },
        'bad-time',
        'sbd.sessionAt',
      ],
      [{ sbd: { ...sbd, sessionAt: '2023-10-18' } }, 'bad-time', 'sbd.sessionAt'],
    ]
    for (const [changes, code, field] of cases) {
      includes(failureOf(parseJson({ ...sample, ...changes }, { format: 'cloudloop' })).reason, { code, field })
    }
  })

  const imei = '300234010753370'
  const unreadable: [title: string, changes: Readonly<Record<string, unknown>>, imei: string | null][] = [
    ['an IMEI in the session only', { identity: {} }, imei],
    ['an IMEI in the hardware only (IMT)', { sbd: undefined, imt: { topic: 'RAW' } }, imei],
    ['neither an SBD nor an IMT part', { sbd: undefined }, imei],
    ['an invalid IMEI in the session', { sbd: { ...sbd, imei: '123' } }, imei],
    ['another IMEI in the hardware', { identity: { hardware: { imei: '300000000000001' } } }, imei],
    ['an IMEI only where the other formats put it', { sbd: {}, identity: {}, imei }, imei],
    ['parts that are not objects', { sbd: imei, identity: [imei] }, null],
    ['an invalid IMEI in both places', { sbd: { imei: '1' }, identity: { hardware: { imei: {} } } }, null],
  ]
  for (const [title, changes, expected] of unreadable) {
    it(`recovers the IMEI, if any, of an unreadable message: ${title}`, () => {
      const body = { ...sample, message: '%%%', ...changes }
      equal(failureOf(parseJson(body, { format: 'cloudloop' })).partial.imei, expected)
    })
  }

  it('recovers the other fields too, whatever format or content type the delivery came with', () => {
    const found = { imei, momsn: 5394, transmitTime: new Date('2023-10-18T12:26:09Z'), serial: '14105', jwt: null }
    const body = { ...sample, message: '%%%' }
    equal(failureOf(parseJson(body)).partial, found)
    equal(failureOf(parseJson(body, { format: 'rockblock' })).partial, found)
    equal(failureOf(parseWebhook(bytes(JSON.stringify(body)), 'text/plain')).partial, found)
    equal(failureOf(parseJson({ ...body, sbd: undefined })).partial.transmitTime, new Date('2023-10-18T12:26:10Z'))
  })

  it('recognises the format by any of its nested parts', () => {
    for (const part of ['identity', 'sbd', 'imt']) equal(failureOf(parseJson({ [part]: {} })).format, 'cloudloop')
    ok(parseJson(sample).ok)
  })
})
