import { randomBytes } from 'node:crypto'

import { Webhook } from 'standardwebhooks'

import { secretsOf, webhookSecrets } from './secrets.ts'
import { signWebhook } from './signature.ts'

const body = Buffer.from('{"type":"report","label":"Tui ü"}')
const headersOf = (secrets: readonly string[], at = new Date()) => ({
  ...signWebhook({ id: '4711', at, body, secrets }),
})

describe('signWebhook()', () => {
  it('creates signatures that the reference library verifies', () => {
    const { secret, stored } = webhookSecrets.add(null, null, new Date())
    expect(new Webhook(secret).verify(body.toString(), headersOf(secretsOf(stored)))).toMatchObject({ type: 'report' })
  })

  it('signs with both the old and the new secret, then only with the new one when the old one ends', () => {
    const first = webhookSecrets.add(null, null, new Date())
    const second = webhookSecrets.add(first.stored, null, new Date())
    const both = headersOf(secretsOf(second.stored))
    expect(both['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
    for (const { secret } of [first, second]) new Webhook(secret).verify(body.toString(), both)
    const after = headersOf(secretsOf(webhookSecrets.endOld(second.stored)))
    new Webhook(second.secret).verify(body.toString(), after)
    expect(() => new Webhook(first.secret).verify(body.toString(), after)).toThrow('No matching signature')
  })

  it('creates signatures that fail for a changed byte or an old time', () => {
    const { secret, stored } = webhookSecrets.add(null, null, new Date())
    const webhook = new Webhook(secret)
    expect(() => webhook.verify(`${body.toString()} `, headersOf(secretsOf(stored)))).toThrow('No matching signature')
    const late = headersOf(secretsOf(stored), new Date(Date.now() - 6 * 60_000))
    expect(() => webhook.verify(body.toString(), late)).toThrow('too old')
  })
})

describe('webhookSecrets', () => {
  const encoded = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`

  it.each([encoded(24), encoded(32), encoded(64)])('accepts %s', (secret) => {
    expect(webhookSecrets.given.safeParse(secret).success).toBe(true)
    expect(webhookSecrets.add(null, secret, new Date()).secret).toBe(secret)
  })

  it.each([
    ['too short', encoded(16)],
    ['too long', encoded(65)],
    ['without its padding', `whsec_${Buffer.alloc(32, 1).toString('base64').replace(/=+$/, '')}`],
    ['in URL-safe base64', `whsec_${Buffer.alloc(33, 0xfb).toString('base64url')}`],
    ['plain text', 'a secret of mine that is long enough'],
  ])('refuses one that is %s', (_why, secret) => {
    expect(webhookSecrets.given.safeParse(secret).success).toBe(false)
  })
})
