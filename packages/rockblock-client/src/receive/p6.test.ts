import { messageOf, parseJson } from '../../test/bodies.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { SAMPLE_FIELDS } from '../testing/mod.ts'
import type { CloudloopMessage } from './message.ts'

const at = { year: 2023, month: 10, day: 18, hour: 12, minute: 20, second: 5 }
const latlng = { latitude: 50.8702, longitude: -1.1935 }

function parse(p6: unknown): CloudloopMessage {
  const message = messageOf(parseJson({ ...SAMPLE_FIELDS.cloudloop, message: 'BgBt0A==', decoded: { p6 } }))
  if (message.format !== 'cloudloop') throw new Error(`format ${message.format}`)
  return message
}

const push = (...mos: object[]) => ({ status: true, messages: mos.map((mo) => ({ mo })) })
const AUTO = 'MO_MESSAGE_AUTO_POSITION_REPORT'

describe('parseWebhook() for a tracker behind Cloudloop', () => {
  it('reads a position report decoded by the vendor', () => {
    const standard = { at, latlng, sog: 1.5, cog: 270, altitude: 12 }
    const message = parse(push({ type: AUTO, powerStatus: true, position: { standard } }))
    includes(message.p6, {
      type: AUTO,
      hasReport: true,
      at: new Date('2023-10-18T12:20:05Z'),
      position: { latitudeDegrees: 50.8702, longitudeDegrees: -1.1935 },
      sogKnots: 1.5,
      cogDegrees: 270,
      altitudeMetres: 12,
      externalPower: true,
      text: null,
      unread: 0,
    })
    equal(message.problems, [])
    equal([...message.payload], [0x06, 0x00, 0x6d, 0xd0])
    equal(message.unknownFields, {})
  })

  it('reads omitted members as zero: a full hour, the equator, the Greenwich meridian', () => {
    const hour = { year: 2023, month: 1, day: 18, hour: 16 }
    const onEquator = parse(push({ type: AUTO, position: { standard: { at: hour, latlng: { longitude: -30 } } } })).p6
    includes(onEquator, {
      at: new Date('2023-01-18T16:00:00Z'),
      position: { latitudeDegrees: 0, longitudeDegrees: -30 },
    })
    const inGreenwich = parse(push({ type: AUTO, position: { at: hour, latlng: { latitude: 51.5 } } })).p6
    equal(inGreenwich?.position, { latitudeDegrees: 51.5, longitudeDegrees: 0 })
  })

  it('reads a position at null island as no fix, with a note', () => {
    const message = parse(push({ type: AUTO, position: { standard: { at, latlng: {} } } }))
    includes(message.p6, { hasReport: true, position: null })
    equal(
      message.problems.map(({ field, code }) => [field, code]),
      [['decoded.p6.latlng', 'null-island']],
    )
  })

  it('reads a report without a fix, with or without a time', () => {
    for (const position of [{ noFix: { at } }, { standard: { at, latlng } }]) {
      includes(parse(push({ type: `${AUTO}_NO_FIX`, position })).p6, {
        hasReport: true,
        position: null,
        at: new Date('2023-10-18T12:20:05Z'),
      })
    }
    includes(parse(push({ type: `${AUTO}_NO_FIX` })).p6, { hasReport: true, position: null, at: null, unread: 0 })
  })

  it('reads a text, alone or beside a position in the same payload', () => {
    const text = { type: 'MO_MESSAGE_TEXT', textMessage: { message: 'Beacon ON' } }
    includes(parse(push(text)).p6, { type: 'MO_MESSAGE_TEXT', hasReport: false, text: 'Beacon ON', unread: 0 })
    const both = parse(push({ type: AUTO, position: { standard: { at, latlng } } }, text)).p6
    includes(both, { type: AUTO, hasReport: true, text: 'Beacon ON', unread: 0 })
  })

  it('counts what it cannot read, and reports the vendor’s reason or the message type', () => {
    const failed = parse({ status: false, error: ['ERROR_ENCRYPTED_NO_KEY'] }).p6
    includes(failed, { hasReport: false, text: null, unread: 1, why: 'ERROR_ENCRYPTED_NO_KEY' })
    includes(parse(push({ type: 'MO_MESSAGE_CONFIG', config: {} })).p6, { unread: 1, why: 'MO_MESSAGE_CONFIG' })
    const partly = parse(push({ type: AUTO, position: { standard: { at, latlng } } }, { type: 'MO_MESSAGE_CONFIG' })).p6
    includes(partly, { hasReport: true, unread: 1 })
    for (const strange of [{ messages: 'x' }, { messages: [null, 7, { mo: 'x' }] }, []]) {
      includes(parse(strange).p6, { hasReport: false, text: null })
    }
    includes(parse(push({ type: AUTO, position: { standard: { at: 'noon', latlng: { latitude: 'x' } } } })).p6, {
      at: null,
      position: null,
    })
  })

  it('accepts a message without p6', () => {
    includes(messageOf(parseJson(SAMPLE_FIELDS.cloudloop)), { format: 'cloudloop', p6: null })
  })
})
