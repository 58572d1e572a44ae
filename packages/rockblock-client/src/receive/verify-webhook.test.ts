import { HELLO, json, JSON_TYPE, messageOf, parseForm, parseJson, HELLO_FORM, bytes } from '../../test/bodies.ts'
import { describe, equal, includes, it, match, ok, rejects } from '../../test/harness.ts'
import { buildSignedWebhook, generateTestKeys, SAMPLE_FIELDS } from '../testing/mod.ts'
import { signToken } from '../testing/sign-token.ts'
import { decodeBase64, encodeBase64Url, encodeHex } from './binary-text.ts'
import type { MoMessage } from './message.ts'
import { parseWebhook } from './parse-webhook.ts'
import { VENDOR_PUBLIC_KEY } from './vendor-key.ts'
import { verifyWebhook } from './verify-webhook.ts'

const keys = generateTestKeys()
const strangerKeys = generateTestKeys()

/** A signed delivery of format A, parsed; the body's fields may be changed after signing. */
async function signed(changes: Record<string, unknown> = {}, claims: Record<string, unknown> = {}): Promise<MoMessage> {
  const { privateKey } = await keys
  const { body } = await buildSignedWebhook({ format: 'rockblock', privateKey, claims })
  const fields: Record<string, unknown> = JSON.parse(new TextDecoder().decode(body))
  return messageOf(parseJson(JSON.stringify({ ...fields, ...changes })))
}

async function check(message: MoMessage): Promise<unknown> {
  const { publicKey } = await keys
  return verifyWebhook(message, { publicKey })
}

describe('verifyWebhook()', () => {
  it('accepts formats A and B as the vendor signs them, comparing numbers by value', async () => {
    const { privateKey, publicKey } = await keys
    for (const format of ['rockblock', 'core-push'] as const) {
      const issuedAt = new Date('2022-02-01T22:25:32Z')
      const { body, contentType } = await buildSignedWebhook({ format, privateKey, issuedAt })
      equal(await verifyWebhook(messageOf(parseWebhook(body, contentType)), { publicKey }), {
        verified: true,
        issuedAt,
      })
    }
  })

  it('matches parsed numbers with claims that keep trailing zeros, such as 37.6630 and 101.0', async () => {
    const { privateKey, publicKey } = await keys
    const fields = { iridium_latitude: 37.663, iridium_cep: 101 }
    const { body } = await buildSignedWebhook({ format: 'rockblock', privateKey, fields })
    const written = new TextDecoder().decode(body)
    match(written, /"iridium_latitude":37\.6630,/)
    match(written, /"iridium_cep":101\.0,/)
    const claims = JSON.parse(atob(String(JSON.parse(written).JWT).split('.')[1] ?? ''))
    includes(claims, { iss: 'Rock 7', iridium_latitude: '37.6630', iridium_cep: '101.0', momsn: '12', serial: '14105' })
    ok((await verifyWebhook(messageOf(parseWebhook(body, JSON_TYPE)), { publicKey })).verified)
  })

  it('accepts an imported key', async () => {
    const { publicKey } = await keys
    const der = decodeBase64(publicKey.replaceAll(/-----[A-Z ]+-----|\s/g, '')) ?? new Uint8Array()
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('spki', new Uint8Array(der), algorithm, false, ['verify'])
    ok((await verifyWebhook(await signed(), { publicKey: key })).verified)
  })

  it('returns no-token for a form, for JSON without a token and for Cloudloop', async () => {
    const refusal = { verified: false, reason: 'no-token' }
    equal(await check(messageOf(parseForm(HELLO_FORM))), refusal)
    equal(await check(messageOf(parseJson(HELLO))), refusal)
    equal(await check(messageOf(parseJson(SAMPLE_FIELDS.cloudloop))), refusal)
  })

  it('returns bad-signature for another key, and uses the vendor’s key by default', async () => {
    const message = await signed()
    const { publicKey } = await strangerKeys
    equal(await verifyWebhook(message, { publicKey }), { verified: false, reason: 'bad-signature' })
    equal(await verifyWebhook(message), { verified: false, reason: 'bad-signature' })
  })

  it('returns bad-signature for altered claims or an altered signature', async () => {
    const message = await signed()
    const [header, claims, signature = ''] = (message.jwt ?? '').split('.')
    const other = encodeBase64Url(
      bytes(atob((claims ?? '').replaceAll('-', '+').replaceAll('_', '/')).replace('Rock 7', 'Rock 8')),
    )
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    for (const jwt of [`${header}.${other}.${signature}`, `${header}.${claims}.${flipped}`]) {
      equal(await check(await signed({ JWT: jwt })), { verified: false, reason: 'bad-signature' })
    }
  })

  it('returns wrong-algorithm for any header but plain RS256, above all for "none"', async () => {
    const [, claims, signature] = ((await signed()).jwt ?? '').split('.')
    for (const header of [
      '{"alg":"none"}',
      '{"alg":"HS256"}',
      '{"alg":"RS512"}',
      '{"alg":"rs256"}',
      '{}',
      '{"alg":"RS256","crit":["x"]}',
    ]) {
      const jwt = `${encodeBase64Url(bytes(header))}.${claims}.${signature}`
      equal(await check(await signed({ JWT: jwt })), { verified: false, reason: 'wrong-algorithm' }, header)
    }
  })

  it('returns malformed-token for anything but a complete token', async () => {
    const [header, claims, signature] = ((await signed()).jwt ?? '').split('.')
    const broken = [
      '',
      'x',
      'a.b',
      `${header}.${claims}`,
      `${header}.${claims}.`,
      `${header}.${claims}.${signature}.x`,
      `${header}.${claims}.$$`,
      `!.${claims}.${signature}`,
      `${encodeBase64Url(bytes('[]'))}.${claims}.${signature}`,
      `${header}.${encodeBase64Url(bytes('{'))}.${signature}`,
    ]
    for (const jwt of broken)
      equal(await check(await signed({ JWT: jwt })), { verified: false, reason: 'malformed-token' }, jwt)
    equal(await check(await signed({}, { iat: undefined })), { verified: false, reason: 'malformed-token' })
  })

  it('returns wrong-issuer for a validly signed token with another issuer or none', async () => {
    equal(await check(await signed({}, { iss: 'Rock 8' })), { verified: false, reason: 'wrong-issuer' })
    equal(await check(await signed({}, { iss: undefined })), { verified: false, reason: 'wrong-issuer' })
  })

  it('returns claims-differ for each body field that differs from its claim', async () => {
    const changes: Record<string, unknown> = {
      imei: '300234010753371',
      serial: 14_106,
      momsn: 13,
      transmit_time: '21-10-31 10:41:51',
      iridium_latitude: 52.3868,
      iridium_longitude: 0.29,
      iridium_cep: 8.1,
      iridium_session_status: 2,
      data: '00',
      device_type: 'OTHER',
    }
    for (const [field, value] of Object.entries(changes)) {
      equal(await check(await signed({ [field]: value })), {
        verified: false,
        reason: 'claims-differ',
        fields: [field],
      })
    }
  })

  it('returns claims-differ for an unsigned field or a claim without a field, but ignores a null field', async () => {
    equal(await check(await signed({ extra: 1 })), { verified: false, reason: 'claims-differ', fields: ['extra'] })
    equal(await check(await signed({}, { extra: '1' })), {
      verified: false,
      reason: 'claims-differ',
      fields: ['extra'],
    })
    equal(await check(await signed({ constructor: 'x' })), {
      verified: false,
      reason: 'claims-differ',
      fields: ['constructor'],
    })
    ok(typeof (await check(await signed({ nothing: null }))) === 'object')
    includes(await check(await signed({ nothing: null })), { verified: true })
  })

  it('compares nested values as JSON, and refuses one too deep to compare or named __proto__', async () => {
    const nested = { beacons: [{ id: 1 }] }
    includes(await check(await signed(nested, { beacons: '[{"id":1}]' })), { verified: true })
    includes(await check(await signed(nested, nested)), { verified: true })
    includes(await check(await signed(nested, { beacons: '[{"id":2}]' })), { verified: false, fields: ['beacons'] })
    const { privateKey } = await keys
    const { body } = await buildSignedWebhook({ format: 'rockblock', privateKey, claims: { deep: '[]' } })
    const deep = '['.repeat(30_000) + ']'.repeat(30_000)
    const message = messageOf(parseJson(new TextDecoder().decode(body).replace('{', `{"deep":${deep},`)))
    includes(await check(message), { verified: false, reason: 'claims-differ', fields: ['deep'] })
    // What every object inherits was not signed either.
    const inherited = messageOf(parseJson(new TextDecoder().decode(body).replace('{', '{"deep":[],"__proto__":{},')))
    includes(await check(inherited), { verified: false, reason: 'claims-differ', fields: ['__proto__'] })
  })

  it('refuses the valid token of another message', async () => {
    const { privateKey } = await keys
    const token = await signToken({ iss: 'Rock 7', iat: 1, imei: '300234010753370', momsn: '12' }, privateKey)
    const message = messageOf(parseJson(json({ JWT: token, data: 'ff' })))
    includes(await check(message), { verified: false, reason: 'claims-differ' })
  })

  it('rejects with a PublicKeyError when the configured key is not a public key', async () => {
    const message = await signed()
    for (const publicKey of ['', 'secret-looking', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----']) {
      await rejects(verifyWebhook(message, { publicKey }), { name: 'PublicKeyError' })
    }
  })
})

describe('VENDOR_PUBLIC_KEY', () => {
  it('has the published fingerprint', async () => {
    const der = decodeBase64(VENDOR_PUBLIC_KEY.replaceAll(/-----[A-Z ]+-----|\s/g, '')) ?? new Uint8Array()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(der)))
    equal(encodeHex(digest), '34420b4beb8d67cdecb27b2921e49e004ad91a5e8e7281068ec0450fb345a3ab')
  })
})
