import {
  FORM,
  form,
  HELLO,
  HELLO_FORM,
  json,
  messageOf,
  parseForm,
  parseJson,
  failureOf,
  text,
  bytes,
} from '../../test/bodies.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import { parseWebhook } from './parse-webhook.ts'

describe('parseWebhook() of format A', () => {
  it('reads a form, in which every value is text', () => {
    const message = messageOf(parseForm(HELLO_FORM))
    includes(message, {
      format: 'rockblock',
      encoding: 'form',
      imei: '300234010753370',
      serial: '14105',
      momsn: 12,
      transmitTime: new Date('2021-10-31T10:41:50Z'),
      deviceType: 'ROCKBLOCK',
      iridium: { latitudeDegrees: 52.3867, longitudeDegrees: 0.2938, cepKm: 8 },
      sessionStatus: 0,
      jwt: null,
      unknownFields: {},
      problems: [],
    })
    equal(text(message.payload), 'Hello World')
    equal(message.fields['momsn'], '12')
  })

  it('reads JSON with native types', () => {
    const message = messageOf(parseJson(HELLO))
    includes(message, {
      format: 'rockblock',
      encoding: 'json',
      serial: '14105',
      momsn: 12,
      iridium: { latitudeDegrees: 52.3867, longitudeDegrees: 0.2938, cepKm: 8.5 },
      problems: [],
    })
    equal(message.fields, HELLO)
  })

  it('keeps the original bytes, even of a body that is not a message', () => {
    const body = bytes(HELLO_FORM)
    ok(messageOf(parseWebhook(body, FORM)).raw === body)
    const broken = bytes('what?')
    ok(failureOf(parseWebhook(broken, FORM)).raw === broken)
  })

  it('reads the space in a time written as %20 or as +', () => {
    for (const written of ['21-10-31%2010%3A41%3A50', '21-10-31+10:41:50']) {
      const body = HELLO_FORM.replace('21-10-31%2010%3A41%3A50', written)
      equal(messageOf(parseForm(body)).transmitTime, new Date('2021-10-31T10:41:50Z'))
    }
  })

  it('keeps unknown fields', () => {
    const message = messageOf(parseJson(json({ new_field: [1, 2], constructor: 'x' })))
    equal(message.unknownFields, { new_field: [1, 2], constructor: 'x' })
    equal(messageOf(parseForm(`${HELLO_FORM}&extra=a%26b&__proto__=1`)).unknownFields['extra'], 'a&b')
  })

  it('reads empty or null data as an empty payload', () => {
    equal(messageOf(parseForm(form({ data: '' }))).payload.length, 0)
    equal(messageOf(parseJson(json({ data: '' }))).payload.length, 0)
    equal(messageOf(parseJson(json({ data: null }))).payload.length, 0)
  })

  it('reads hex in either case', () => {
    equal([...messageOf(parseForm(form({ data: 'aAfF09' }))).payload], [0xaa, 0xff, 0x09])
  })

  it('ignores white space in hex, but refuses an odd digit or other characters', () => {
    for (const data of ['48 65 6c', '4865 6c', ' 4 8656c\n', '48\t65\u00a06c']) {
      equal(text(messageOf(parseJson(json({ data }))).payload), 'Hel')
    }
    for (const data of ['48 6', '48 6x', '48-65']) {
      includes(failureOf(parseJson(json({ data }))).reason, { code: 'not-hex', field: 'data' })
    }
  })

  it('reads 0, 0 as no estimate, but keeps an estimate with a single zero', () => {
    equal(messageOf(parseForm(form({ iridium_latitude: '0.0', iridium_longitude: '0' }))).iridium, null)
    includes(messageOf(parseForm(form({ iridium_latitude: '0' }))).iridium, {
      latitudeDegrees: 0,
      longitudeDegrees: 0.2938,
    })
  })

  it('keeps a decimal iridium_cep', () => {
    includes(messageOf(parseForm(form({ iridium_cep: '2.5' }))).iridium, { cepKm: 2.5 })
  })

  it('accepts a message without the fields that portal tests omit', () => {
    const message = messageOf(
      parseForm(form({ iridium_session_status: undefined, device_type: undefined, serial: undefined })),
    )
    includes(message, { sessionStatus: null, deviceType: null, serial: null, problems: [] })
  })

  it('keeps an unknown session status', () => {
    equal(messageOf(parseForm(form({ iridium_session_status: '99' }))).sessionStatus, 99)
  })

  it('accepts a MOMSN of 0 and of 65535, and refuses values beyond or malformed', () => {
    equal(messageOf(parseForm(form({ momsn: '0' }))).momsn, 0)
    equal(messageOf(parseForm(form({ momsn: '65535' }))).momsn, 65_535)
    for (const momsn of ['65536', '-1', '1.5', '1e3', '0x10', '', ' 12']) {
      includes(failureOf(parseForm(form({ momsn }))).reason, { code: 'bad-momsn', field: 'momsn' })
    }
  })

  it('reads JSON numbers written as text, and text written as numbers', () => {
    const message = messageOf(
      parseJson(json({ momsn: '12', imei: 300234010753370, iridium_cep: '8.0', serial: '14105' })),
    )
    includes(message, { momsn: 12, imei: '300234010753370', serial: '14105', problems: [] })
  })

  it('notes an unreadable optional field and keeps the payload', () => {
    const cases: [Record<string, string>, string, string][] = [
      [{ iridium_cep: 'far' }, 'iridium_cep', 'bad-number'],
      [{ iridium_cep: '-1' }, 'iridium_cep', 'out-of-range'],
      [{ iridium_latitude: '91' }, 'iridium_latitude', 'out-of-range'],
      [{ iridium_longitude: '180.1' }, 'iridium_longitude', 'out-of-range'],
      [{ iridium_latitude: 'NaN' }, 'iridium_latitude', 'bad-number'],
      [{ iridium_session_status: 'ok' }, 'iridium_session_status', 'bad-number'],
      [{ iridium_session_status: '1.5' }, 'iridium_session_status', 'bad-number'],
      [{ iridium_session_status: '2147483648' }, 'iridium_session_status', 'out-of-range'],
      [{ serial: '1'.repeat(21) }, 'serial', 'bad-text'],
      [{ device_type: 'x'.repeat(201) }, 'device_type', 'bad-text'],
    ]
    for (const [changes, field, code] of cases) {
      const message = messageOf(parseForm(form(changes)))
      equal(
        message.problems.map((problem) => [problem.field, problem.code]),
        [[field, code]],
      )
      equal(text(message.payload), 'Hello World')
    }
  })

  it('drops half an estimate, with a note', () => {
    const message = messageOf(parseForm(form({ iridium_longitude: undefined })))
    equal(message.iridium, null)
    equal(
      message.problems.map((problem) => [problem.field, problem.code]),
      [['iridium_longitude', 'missing-field']],
    )
  })

  it('notes a time over ten minutes ahead of receivedAt, if receivedAt is given', () => {
    const ahead = form({ transmit_time: '31-10-21 10:41:50' })
    equal(messageOf(parseForm(ahead)).problems, [])
    const message = messageOf(parseForm(ahead, { receivedAt: new Date('2021-10-31T10:42:00Z') }))
    equal(
      message.problems.map((problem) => problem.code),
      ['time-in-future'],
    )
    equal(messageOf(parseForm(HELLO_FORM, { receivedAt: new Date('2021-10-31T10:32:00Z') })).problems, [])
    equal(messageOf(parseForm(HELLO_FORM, { receivedAt: new Date('2021-10-31T10:31:49Z') })).problems.length, 1)
  })
})
