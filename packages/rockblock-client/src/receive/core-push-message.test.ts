import { failureOf, FORM, messageOf, parseForm, parseJson, text } from '../../test/bodies.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import { buildWebhook, SAMPLE_FIELDS } from '../testing/mod.ts'
import { parseWebhook } from './parse-webhook.ts'

const sample = SAMPLE_FIELDS['core-push']

describe('parseWebhook() of format B', () => {
  const expected = {
    format: 'core-push',
    id: 'kQxWvdLmTzPbNoYgReJhCsAuFiEtOqMw',
    imei: '300534060000010',
    serial: '25001',
    momsn: 33,
    transmitTime: new Date('2021-10-31T10:41:50Z'),
    txAt: new Date('2021-10-31T10:41:50Z'),
    at: new Date('2021-10-31T10:40:00Z'),
    deviceType: 'LEOPARD3',
    transport: 'IRIDIUM',
    trigger: 'ROUTINE',
    source: 'GPS',
    iridium: { latitudeDegrees: 52.4, longitudeDegrees: 0.3, cepKm: 3 },
    position: { latitudeDegrees: 52.38671, longitudeDegrees: 0.29382 },
    sogKnots: 1.5,
    cogDegrees: 270,
    averageSogKnots: 1.4,
    averageCogDegrees: 268,
    altitudeMetres: 5,
    pdop: 3,
    temperatureCelsius: 21.5,
    batteryPercent: 88,
    externalPower: false,
    text: null,
    messageAck: null,
    sessionStatus: null,
    unknownFields: {},
    problems: [],
  }

  it('reads JSON', () => includes(messageOf(parseJson(sample)), expected))

  it('reads a form with the same result', () => {
    const { body, contentType } = buildWebhook({ format: 'core-push', encoding: 'form' })
    equal(contentType, FORM)
    includes(messageOf(parseWebhook(body, contentType)), expected)
  })

  it('reads a text message', () => {
    const message = messageOf(parseJson({ ...sample, trigger: 'MESSAGE', message: 'Böe in 2 h' }))
    includes(message, { text: 'Böe in 2 h', trigger: 'MESSAGE' })
    equal(text(message.payload), 'Böe in 2 h')
  })

  it('reads bytes from userData, or from data as in Cloudloop’s older form, and refuses half a byte', () => {
    for (const field of ['userData', 'data']) {
      const message = messageOf(parseJson({ ...sample, trigger: 'SERIAL_RAW', [field]: '00fF', message: 'also' }))
      equal([...message.payload], [0, 255])
      includes(message, { text: 'also' })
    }
    equal(failureOf(parseJson({ ...sample, userData: '0' })).reason.code, 'not-hex')
  })

  it('reads an acknowledgement without a position, turning its numeric message_ack into text', () => {
    const { lat, lon, ...noPosition } = sample
    ok(lat !== undefined && lon !== undefined)
    const message = messageOf(
      parseJson({ ...noPosition, trigger: 'ACKNOWLEDGE', source: 'IRIDIUM', message_ack: 124196 }),
    )
    includes(message, { messageAck: '124196', position: null, problems: [] })
  })

  it('keeps a MOMSN beyond 16 bits, but drops one beyond 31', () => {
    equal(messageOf(parseJson({ ...sample, momsn: 700_000 })).momsn, 700_000)
    equal(messageOf(parseJson({ ...sample, momsn: 2_147_483_648 })).momsn, null)
  })

  it('reads an empty serial as null and keeps a long text whole', () => {
    const message = messageOf(parseJson({ ...sample, serial: '', message: 'x'.repeat(5000) }))
    includes(message, { serial: null, text: 'x'.repeat(5000), problems: [] })
  })

  it('notes a missing time, but fails on an invalid one', () => {
    const { transmit_time: time, ...timeless } = sample
    ok(time !== undefined)
    const message = messageOf(parseJson(timeless))
    equal(message.transmitTime, null)
    equal(
      message.problems.map(({ field, code }) => [field, code]),
      [['transmit_time', 'missing-field']],
    )
    for (const wrong of [
      '21-10-31 10:41:50',
      '2021-10-31T10:41:50',
      '2021-10-31T10:41:50+01:00',
      '2021-02-30T10:41:50Z',
    ]) {
      equal(failureOf(parseJson({ ...sample, transmit_time: wrong })).reason.code, 'bad-time')
    }
  })

  it('sets unreadable optional fields to null and notes each', () => {
    const wrong = { at: 'noon', lat: 95, battery: 120, power: 'maybe', temp: 'warm' }
    const message = messageOf(parseJson({ ...sample, ...wrong }))
    includes(message, { at: null, position: null, batteryPercent: null, externalPower: null, temperatureCelsius: null })
    equal(message.problems.map(({ code }) => code).toSorted(), [
      'bad-boolean',
      'bad-number',
      'bad-time',
      'out-of-range',
      'out-of-range',
    ])
  })

  it('requires a valid id and a valid IMEI', () => {
    includes(failureOf(parseJson({ ...sample, id: undefined })).reason, { code: 'missing-field', field: 'id' })
    includes(failureOf(parseJson({ ...sample, id: '' })).reason, { code: 'bad-id', field: 'id' })
    includes(failureOf(parseJson({ ...sample, id: 'x'.repeat(201) })).reason, { code: 'bad-id', field: 'id' })
    includes(failureOf(parseJson({ ...sample, imei: '1' })).reason, { code: 'bad-imei', field: 'imei' })
  })

  it('reads Cloudloop’s older "JSON (Core)", recognised by its id', () => {
    const core = {
      imei: '300534980000010',
      device_type: 'LEOPARD3',
      serial: '',
      momsn: '5394',
      transmit_time: '2023-10-18T15:22:09Z',
      id: 'd94a6f6c-4e8e-4f11-bfdb-3a113002f6c5',
      iridium_latitude: '50.8696',
      iridium_longitude: '-1.2503',
      cep: '4',
      data: '0d930e',
    }
    const message = messageOf(parseJson(core))
    const iridium = { latitudeDegrees: 50.8696, longitudeDegrees: -1.2503, cepKm: 4 }
    includes(message, { format: 'core-push', id: core.id, momsn: 5394, serial: null, iridium, problems: [] })
    equal([...message.payload], [0x0d, 0x93, 0x0e])
  })

  it('requires an IMEI only when there is no serial', () => {
    for (const imei of [undefined, null, '']) {
      includes(messageOf(parseJson({ ...sample, imei })), { imei: null, serial: '25001', problems: [] })
      equal(failureOf(parseJson({ ...sample, imei, serial: '' })).reason.field, 'imei')
    }
  })

  it('keeps the text and the bytes of one push apart', () => {
    const both = messageOf(parseJson({ ...sample, userData: '50 4B\n31', message: 'fish on!' }))
    includes(both, { text: 'fish on!', userData: new Uint8Array([0x50, 0x4b, 0x31]) })
    includes(messageOf(parseJson({ ...sample, message: 'fish on!' })), { userData: null })
  })

  it('recognises each format by its fields, whatever format the address expects', () => {
    for (const format of ['rockblock', 'core-push', 'cloudloop'] as const) {
      equal(messageOf(parseJson(sample, { format })).format, 'core-push')
      equal(messageOf(parseJson(SAMPLE_FIELDS.rockblock, { format })).format, 'rockblock')
      equal(messageOf(parseJson({ ...SAMPLE_FIELDS.rockblock, id: 7 }, { format })).format, 'rockblock')
      equal(messageOf(parseJson(SAMPLE_FIELDS.cloudloop, { format })).format, 'cloudloop')
    }
    equal(failureOf(parseForm('imei=300234010753370', { format: 'core-push' })).reason, {
      code: 'missing-field',
      field: 'id',
      detail: 'not sent',
    })
  })
})
