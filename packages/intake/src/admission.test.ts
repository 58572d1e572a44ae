import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { buildSignedWebhook, generateTestKeys, type TestKeys } from '@paikea/rockblock-client/testing'

import { accepted, hex, PK001, receivedAt, rockblock } from '../test/support/deliveries.ts'
import { createIntake, type Intake } from './intake.ts'

describe('intake', () => {
  let db: TestDatabase
  let keys: TestKeys
  let intake: Intake
  beforeAll(async () => {
    keys = await generateTestKeys()
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())
  beforeEach(() => {
    intake = createIntake({ db, publicKey: keys.publicKey })
  })

  describe('admits', () => {
    const signed = async (overrides: { claims?: Record<string, unknown>; momsn: number }) => ({
      ...(await buildSignedWebhook({
        format: 'rockblock',
        privateKey: keys.privateKey,
        fields: { momsn: overrides.momsn, data: hex(PK001) },
        ...(overrides.claims === undefined ? {} : { claims: overrides.claims }),
      })),
      format: 'rockblock' as const,
      receivedAt,
      sourceAddress: null,
    })

    it('a valid token without a secret, recorded as verified by token', async () => {
      const result = accepted(await intake.accept({ ...(await signed({ momsn: 3001 })), hasSecret: false }))
      expect(await db.models.InboundMessage.findByPk(result.messageId)).toMatchObject({ verifiedBy: 'token' })
    })

    it('a secret with a valid token, recorded as verified by both', async () => {
      const result = accepted(await intake.accept({ ...(await signed({ momsn: 3002 })), hasSecret: true }))
      expect(await db.models.InboundMessage.findByPk(result.messageId)).toMatchObject({ verifiedBy: 'secret+token' })
    })

    it('a secret with a token that does not match, and notes the difference', async () => {
      const bad = await signed({ momsn: 3003, claims: { momsn: '9' } })
      const result = accepted(await intake.accept({ ...bad, hasSecret: true }))
      expect(await db.models.InboundMessage.findByPk(result.messageId)).toMatchObject({
        verifiedBy: 'secret',
        verificationNote: 'claims-differ: momsn',
        state: 'accepted',
      })
    })

    it('nothing else, and stores nothing of it', async () => {
      const before = await db.models.InboundMessage.count()
      const badToken = await signed({ momsn: 3004, claims: { momsn: '9' } })
      const results = await Promise.all([
        intake.accept(rockblock({ momsn: 3005 }, { hasSecret: false })),
        intake.accept({ ...badToken, hasSecret: false }),
        intake.accept(rockblock({}, { hasSecret: false, body: Buffer.from('{'), contentType: 'application/json' })),
      ])
      expect(results).toMatchObject([
        { status: 'refused', reason: 'no-secret-no-token' },
        { status: 'refused', reason: 'token-invalid', detail: 'claims-differ: momsn' },
        { status: 'refused', reason: 'no-secret-no-token' },
      ])
      expect(await db.models.InboundMessage.count()).toBe(before)
      expect(intake.stats().refused).toBe(3)
    })

    it('an envelope exactly once, counting the vendor’s copy but not its own', async () => {
      const given = { ...(await signed({ momsn: 3006 })), hasSecret: false }
      const admitted = await intake.admit(given)
      if (!admitted.ok) throw new Error('not admitted')
      const travelled: unknown = JSON.parse(JSON.stringify(admitted.envelope))
      expect(travelled).toEqual(admitted.envelope)
      const result = accepted(await intake.acceptEnvelope(admitted.envelope))
      expect(result.key).toBe(admitted.key)
      const row = await db.models.InboundMessage.findByPk(result.messageId)
      expect(row).toMatchObject({ verifiedBy: 'token', receivedAt, state: 'accepted' })
      expect(row?.rawBody.equals(Buffer.from(given.body))).toBe(true)
      await expect(intake.accept(given)).resolves.toMatchObject({ status: 'duplicate', messageId: result.messageId })
      const again = await intake.acceptEnvelope(admitted.envelope)
      expect(again).toMatchObject({ status: 'duplicate', messageId: result.messageId })
      // The vendor sent it twice; the envelope that came twice is our own.
      expect((await db.models.InboundMessage.findByPk(result.messageId))?.copies).toBe(1)
    })
  })
})
