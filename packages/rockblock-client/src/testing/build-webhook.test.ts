import { FORM, JSON_TYPE } from '../../test/bodies.ts'
import { describe, equal, it, match, ok } from '../../test/harness.ts'
import { parseWebhook, verifyWebhook } from '../mod.ts'
import { buildSignedWebhook, buildWebhook, generateTestKeys } from './mod.ts'

const keys = generateTestKeys()

describe('buildSignedWebhook()', () => {
  it('adds a token to JSON of formats A and B but not to forms or Cloudloop, as the vendor does', async () => {
    const { privateKey, publicKey } = await keys
    for (const format of ['rockblock', 'core-push', 'cloudloop'] as const) {
      for (const encoding of ['json', 'form'] as const) {
        const { body, contentType } = await buildSignedWebhook({ format, encoding, privateKey })
        const result = parseWebhook(body, contentType)
        ok(result.ok && result.message.format === format && result.message.problems.length === 0)
        const isSigned = encoding === 'json' && format !== 'cloudloop'
        equal((await verifyWebhook(result.message, { publicKey })).verified, isSigned, `${format} ${encoding}`)
        equal(contentType, encoding === 'form' && format !== 'cloudloop' ? FORM : JSON_TYPE)
      }
    }
  })

  it('writes only the algorithm into the header, and every claim but iat as text', async () => {
    const { privateKey } = await keys
    const { body } = await buildSignedWebhook({
      format: 'core-push',
      privateKey,
      issuedAt: new Date(1_600_000_000_000),
    })
    const [header = '', claims = ''] = String(JSON.parse(new TextDecoder().decode(body)).JWT).split('.')
    equal(atob(header), '{"alg":"RS256"}')
    const { iat, ...texts } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))
    equal(iat, 1_600_000_000)
    ok(Object.values(texts).every((claim) => typeof claim === 'string'))
    equal([texts.power, texts.pdop, texts.momsn], ['false', '3.00', '33'])
  })

  it('accepts a CryptoKey', async () => {
    const pair = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      false,
      ['sign', 'verify'],
    )
    const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey: pair.privateKey })
    const result = parseWebhook(body, contentType)
    ok(result.ok && (await verifyWebhook(result.message, { publicKey: pair.publicKey })).verified)
  })
})

describe('buildWebhook()', () => {
  it('writes spaces in a form as %20 and overrides fields of the sample', () => {
    const { body } = buildWebhook({
      format: 'rockblock',
      encoding: 'form',
      fields: { momsn: 7, data: '', serial: undefined },
    })
    const written = new TextDecoder().decode(body)
    match(written, /transmit_time=21-10-31%2010%3A41%3A50/)
    match(written, /momsn=7&/)
    ok(!written.includes('serial'))
  })

  it('writes a number with all its decimals', () => {
    const { body } = buildWebhook({ format: 'rockblock', fields: { iridium_latitude: 1.23456, iridium_cep: 101 } })
    match(new TextDecoder().decode(body), /"iridium_latitude":1\.23456,.*"iridium_cep":101\.0/)
  })
})
