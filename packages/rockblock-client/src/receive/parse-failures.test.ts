import {
  bytes,
  failureOf,
  FORM,
  form,
  HELLO,
  HELLO_FORM,
  json,
  JSON_TYPE,
  messageOf,
  parseForm,
  parseJson,
} from '../../test/bodies.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import type { ParseResult } from './message.ts'
import { parseWebhook } from './parse-webhook.ts'

describe('parseWebhook() for malformed input', () => {
  const formCases: [title: string, body: string, code: string, field: string | null][] = [
    ['an empty body', '', 'empty-body', null],
    ['no fields at all', '&&', 'missing-field', 'imei'],
    ['imei missing', form({ imei: undefined }), 'missing-field', 'imei'],
    ['imei of 14 digits', form({ imei: '30023401075337' }), 'bad-imei', 'imei'],
    ['imei of 16 digits', form({ imei: '3002340107533700' }), 'bad-imei', 'imei'],
    ['imei with letters', form({ imei: '30023401075337x' }), 'bad-imei', 'imei'],
    ['imei in non-ASCII digits', form({ imei: '٣٠٠٢٣٤٠١٠٧٥٣٣٧٠' }), 'bad-imei', 'imei'],
    ['momsn missing', form({ momsn: undefined }), 'missing-field', 'momsn'],
    ['transmit_time missing', form({ transmit_time: undefined }), 'missing-field', 'transmit_time'],
    ['a time as in format B', form({ transmit_time: '2021-10-31T10:41:50Z' }), 'bad-time', 'transmit_time'],
    ['a four-digit year', form({ transmit_time: '2021-10-31 10:41:50' }), 'bad-time', 'transmit_time'],
    ['day and month swapped', form({ transmit_time: '21-31-10 10:41:50' }), 'bad-time', 'transmit_time'],
    ['a day that does not exist', form({ transmit_time: '21-02-30 10:41:50' }), 'bad-time', 'transmit_time'],
    ['an hour that does not exist', form({ transmit_time: '21-10-31 24:00:00' }), 'bad-time', 'transmit_time'],
    ['slashes in a time', form({ transmit_time: '21/10/31 10:41:50' }), 'bad-time', 'transmit_time'],
    ['data missing', form({ data: undefined }), 'missing-field', 'data'],
    ['an odd number of hex digits', form({ data: '123' }), 'not-hex', 'data'],
    ['data that is not hex', form({ data: 'zz' }), 'not-hex', 'data'],
    ['data with 0x', form({ data: '0x12' }), 'not-hex', 'data'],
    [
      'broken percent-encoding in an essential field',
      HELLO_FORM.replace('3A50', '3'),
      'broken-encoding',
      'transmit_time',
    ],
    [
      'an incomplete UTF-8 sequence in an essential field',
      HELLO_FORM.replace('&data=', '&data=%C3'),
      'broken-encoding',
      'data',
    ],
    ['an essential field twice, with different values', `${HELLO_FORM}&data=00`, 'doubled-field', 'data'],
    ['JSON labelled as a form', JSON.stringify(HELLO), 'missing-field', 'imei'],
  ]
  for (const [title, body, code, field] of formCases) {
    it(`fails with a reason on a form: ${title}`, () =>
      includes(failureOf(parseForm(body, { format: 'rockblock' })).reason, { code, field }))
  }

  const jsonCases: [title: string, body: string, code: string, field: string | null][] = [
    ['an empty body', '', 'empty-body', null],
    ['half a body', json().slice(0, -5), 'not-json', null],
    ['a form labelled as JSON', HELLO_FORM, 'not-json', null],
    ['an array', '[]', 'not-an-object', null],
    ['null', 'null', 'not-an-object', null],
    ['an empty object', '{}', 'missing-field', 'imei'],
    ['data as a number', json({ data: 1234 }), 'not-hex', 'data'],
    ['data missing', json({ data: undefined }), 'missing-field', 'data'],
    ['imei as an object', json({ imei: {} }), 'missing-field', 'imei'],
    ['momsn as a fraction', json({ momsn: 1.5 }), 'bad-momsn', 'momsn'],
    ['momsn as a boolean', json({ momsn: true }), 'bad-momsn', 'momsn'],
    ['an essential member with two values', json().replace('{', '{"momsn":13,'), 'doubled-field', 'momsn'],
    ['the same, with one name escaped', json().replace('{', '{"mo\\u006dsn":13,'), 'doubled-field', 'momsn'],
  ]
  for (const [title, body, code, field] of jsonCases) {
    it(`fails with a reason on JSON: ${title}`, () => includes(failureOf(parseJson(body)).reason, { code, field }))
  }

  it('reports a body that is not UTF-8', () => {
    const body = bytes(json())
    body[20] = 0xff
    equal(failureOf(parseWebhook(body, JSON_TYPE)).reason.code, 'not-utf-8')
  })

  it('goes by the media type alone, ignoring case and parameters', () => {
    for (const type of ['application/json', 'APPLICATION/JSON;charset=UTF-8', ' application/json ; x=y']) {
      ok(parseWebhook(bytes(json()), type).ok, type)
    }
    ok(parseWebhook(bytes(HELLO_FORM), `${FORM}; charset=ISO-8859-1`).ok)
    for (const type of [null, '', 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp']) {
      equal(failureOf(parseWebhook(bytes(json()), type)).reason.code, 'wrong-content-type')
    }
  })

  it('recovers what it can recognise, so that a person can find the message', () => {
    const found = {
      imei: '300234010753370',
      momsn: 12,
      transmitTime: new Date('2021-10-31T10:41:50Z'),
      serial: '14105',
      jwt: null,
    }
    equal(failureOf(parseForm(form({ data: 'zz' }))).partial, found)
    equal(failureOf(parseWebhook(bytes(HELLO_FORM), 'text/plain')).partial, found)
    equal(failureOf(parseWebhook(bytes(json()), 'text/plain')).partial, found)
    const nothing = { imei: null, momsn: null, transmitTime: null, serial: null, jwt: null }
    equal(failureOf(parseJson('{')).partial, nothing)
    equal(failureOf(parseForm('imei=1&momsn=x&transmit_time=y')).partial, nothing)
  })

  const doubled: [title: string, parse: () => ParseResult][] = [
    ['a form', () => parseForm(`${HELLO_FORM}&imei=300000000000001`)],
    ['JSON', () => parseJson(json().replace('}', ',"imei":"300000000000001"}'))],
    ['JSON, with the name escaped', () => parseJson(json().replace('}', ',"i\\u006dei":"300000000000001"}'))],
    ['JSON, three times', () => parseJson(json().replace('}', ',"imei":1,"imei":"300000000000001"}'))],
    ['JSON without a type', () => parseWebhook(bytes(json().replace('}', ',"imei":"300000000000001"}')), null)],
  ]
  for (const [title, parse] of doubled) {
    it(`keeps the first value of a doubled field: ${title}`, () => {
      equal(failureOf(parse()).partial.imei, '300234010753370')
    })
  }

  it('reports the recognised or expected format', () => {
    equal(failureOf(parseForm('a=b')).format, 'rockblock')
    equal(failureOf(parseJson({ id: 'x', transport: 'IRIDIUM' })).format, 'core-push')
    equal(failureOf(parseJson('{', { format: 'cloudloop' })).format, 'cloudloop')
    equal(failureOf(parseWebhook(bytes('x'), null)).format, null)
  })

  it('accepts a field repeated with the same value, and notes it', () => {
    const problem = ['momsn', 'doubled-field']
    for (const result of [parseForm(`${HELLO_FORM}&momsn=12`), parseJson(json().replace('{', '{"momsn" : 12 ,'))]) {
      equal(
        messageOf(result).problems.map(({ field, code }) => [field, code]),
        [problem],
      )
    }
  })

  it('keeps the first value of a doubled optional field and notes the other, in both encodings', () => {
    const twice = (name: string, value: unknown): string => json().replace('}', `,"${name}":${JSON.stringify(value)}}`)
    const cases: [ParseResult, string][] = [
      [parseForm(`${HELLO_FORM}&serial=1`), '"1"'],
      [parseJson(twice('serial', 1)), '"1"'],
      [parseJson(twice('serial', { deep: true })), 'an object'],
    ]
    for (const [result, detail] of cases) {
      const { serial, fields, problems } = messageOf(result)
      equal([serial, String(fields['serial'])], ['14105', '14105'])
      equal(problems, [{ field: 'serial', code: 'doubled-field', detail }])
    }
    const proto = messageOf(parseJson(json().replace('{', '{"__proto__":1,"__proto__":{"momsn":2},')))
    equal(Object.getOwnPropertyDescriptor(proto.fields, '__proto__')?.value, 1)
    equal(Object.getPrototypeOf(proto.fields), Object.prototype)
  })

  it('accepts doubled and broken optional fields, and notes them', () => {
    const message = messageOf(parseForm(`${HELLO_FORM}&serial=1&note=%zz`))
    equal(message.serial, '14105')
    equal(
      message.problems.map(({ field, code }) => [field, code]),
      [
        ['serial', 'doubled-field'],
        ['note', 'broken-encoding'],
      ],
    )
    equal(message.unknownFields, { note: '%zz' })
  })

  it('finds doubled members among quotes, escapes and nesting, without false alarms', () => {
    const tricky = json({ a: 'x","momsn":"y', b: '\\', c: '\\"', d: { momsn: 1, e: [{ momsn: 2 }] }, f: '{[,:' })
    equal(messageOf(parseJson(tricky)).problems, [])
    equal(
      messageOf(parseJson(`${tricky.slice(0, -1)}, "f" : 1}`)).problems.map(({ field }) => field),
      ['f'],
    )
  })

  it('limits the number and the size of the problems it notes', () => {
    const doubled = Array.from({ length: 500 }, () => `${'n'.repeat(500)}=1`).join('&')
    const { problems } = messageOf(parseForm(`${HELLO_FORM}&${doubled}`))
    equal(problems.length, 32)
    ok(JSON.stringify(problems).length < 10_000)
  })

  it('handles long digits, deep nesting and many doubled members within a second', () => {
    const digits = '1'.repeat(60_000)
    const deep = '['.repeat(30_000) + ']'.repeat(30_000)
    const startedAt = performance.now()
    equal(messageOf(parseForm(form({ iridium_cep: `${digits}x` }))).problems.length, 1)
    failureOf(parseForm(form({ momsn: digits })))
    const message = messageOf(parseJson(json().replace('{', `{"serial2":${deep},`).replace(':14105', `:${deep}`)))
    equal(
      message.problems.map(({ field, detail }) => [field, detail]),
      [['serial', 'a list']],
    )
    const copies = json().replace('}', `,"note":"${'n'.repeat(30_000)}"${',"note":1'.repeat(3500)}}`)
    equal(messageOf(parseJson(copies)).problems.length, 32)
    ok(performance.now() - startedAt < 1000)
  })

  it('never throws, whatever the bytes', () => {
    const mo = { type: 'A_NO_FIX', position: { x: { at: { year: 2026 }, latlng: { latitude: 1 } } }, textMessage: {} }
    const p6 = { status: true, error: ['E'], messages: [{ mo }, { mo: null }] }
    const imt = { crcError: true, location: { latitude: 0 } }
    const seeds = [
      json(),
      HELLO_FORM,
      JSON.stringify({
        id: '1',
        identity: { hardware: { imei: '300234010753370' } },
        imt,
        message: 'BgA=',
        decoded: { p6 },
      }),
      '{"id":"1","identity":{},"sbd":{"sessionAt":{}}}',
      '{"id":"1","transport":null}',
    ]
    let state = 42
    const random = (below: number): number => {
      // Park–Miller: the same inputs on every run and runtime.
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    for (let round = 0; round < 4000; round++) {
      const body = bytes(seeds[random(seeds.length)] ?? '')
      for (let change = random(6); change >= 0; change--) body[random(body.length)] = random(256)
      for (const type of [FORM, JSON_TYPE, null]) parseWebhook(body.subarray(0, random(body.length + 1)), type)
    }
  })
})
