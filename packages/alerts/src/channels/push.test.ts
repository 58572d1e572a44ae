import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findPushSubscription, insertPushSubscription, insertUser, listAlerts } from '@paikea/database'
import { buildDevice, buildGroup, openTestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { SILENT_LOG } from '@paikea/domain'
import { createAlertWatch } from '../watch/watch.ts'
import { createPushSender, newPushKey } from './push.ts'

const MESSAGE = { title: 'PK901 is silent', body: 'what to do', path: '/alerts', tag: 'alert-7' }
const NOON = new Date('2026-11-24T12:00:00Z')

/** A browser's half, and what its push service got, read as RFC 8291 and 8292 say. */
class Browser {
  readonly pair = createECDH('prime256v1')
  readonly auth = randomBytes(16)
  readonly got: { headers: IncomingHttpHeaders; body: Buffer }[] = []
  status = 201
  readonly #server: Server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      this.got.push({ headers: req.headers, body: Buffer.concat(chunks) })
      res.writeHead(this.status).end()
    })
  })

  async start(): Promise<void> {
    this.pair.generateKeys()
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get origin(): string {
    // Listening on TCP, so it has a port.
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  get target() {
    const [p256dh, auth] = [this.pair.getPublicKey().toString('base64url'), this.auth.toString('base64url')]
    return { endpoint: `${this.origin}/send/secret`, p256dh, auth }
  }

  read(index: number): unknown {
    const { body } = this.got[index] ?? { body: Buffer.alloc(0) }
    const salt = body.subarray(0, 16)
    const theirs = body.subarray(21, 21 + (body[20] ?? 0))
    const sealed = body.subarray(21 + theirs.length)
    const derive = (secret: Buffer, salted: Buffer, info: Buffer, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salted, info, length))
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.pair.getPublicKey(), theirs])
    const secret = derive(this.pair.computeSecret(theirs), this.auth, info, 32)
    const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
    const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
    const cipher = createDecipheriv('aes-128-gcm', key, nonce)
    cipher.setAuthTag(sealed.subarray(-16))
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
    expect(plain.at(-1)).toBe(2)
    return JSON.parse(plain.subarray(0, -1).toString('utf8'))
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

describe('push messages to browsers', () => {
  let browser: Browser
  const key = newPushKey()
  const senderTo = (...networks: string[]) =>
    createPushSender({
      loadKey: () => Promise.resolve(key),
      contact: 'mailto:paikea@example.org',
      reach: createReach(networks),
    })

  beforeEach(async () => {
    browser = new Browser()
    await browser.start()
  })
  afterEach(() => browser.stop())

  it('are encrypted for the browser and signed with our VAPID key', async () => {
    const sender = senderTo('127.0.0.0/8')
    expect(await sender.send(browser.target, MESSAGE)).toBe('sent')
    expect(browser.read(0)).toEqual(MESSAGE)
    const headers: IncomingHttpHeaders = browser.got[0]?.headers ?? {}
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high', topic: 'alert-7', ttl: '43200' })
    const [, token = '', ours = ''] = /^vapid t=([^,]+), k=(\S+)$/.exec(headers.authorization ?? '') ?? []
    expect(ours).toBe(await sender.publicKey())
    const [head = '', claims = '', signature = ''] = token.split('.')
    const point = Buffer.from(ours, 'base64url')
    const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
    const jwk = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
    const signed = Buffer.from(`${head}.${claims}`)
    const proof = { key: jwk, dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', signed, proof, Buffer.from(signature, 'base64url'))).toBe(true)
    const read = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))
    expect(read).toMatchObject({ aud: browser.origin, sub: 'mailto:paikea@example.org' })
    expect(read.exp * 1000).toBeLessThanOrEqual(Date.now() + 86_400_000)
  })

  it('resolve to "gone" on a 410, and reject on a 500', async () => {
    const sender = senderTo('127.0.0.0/8')
    browser.status = 410
    expect(await sender.send(browser.target, MESSAGE)).toBe('gone')
    browser.status = 500
    await expect(sender.send(browser.target, MESSAGE)).rejects.toThrow(/^the push service answered 500$/)
  })

  it('never reach a private address, even when a subscription names one', async () => {
    await expect(senderTo().send(browser.target, MESSAGE)).rejects.toThrow(
      /^the push service could not be reached: out-of-reach$/,
    )
    expect(browser.got).toEqual([])
  })

  it('carry an alert to its own group only, and delete a subscription that answers 410', async () => {
    const db = await openTestDatabase('sqlite')
    try {
      const groupId = (await buildGroup(db)).id
      const other = (await buildGroup(db)).id
      const deviceId = (await buildDevice(db, { groupId, iam: 'PK901', generation: 'v3' })).id
      const times = { lastReportAt: NOON, lastFixAt: NOON, lastReceivedAt: NOON, heardAt: NOON, heardSentAt: NOON }
      const state = { ...times, updatedAt: NOON, latitude: -16.5, longitude: -150.5, batteryVolts: 3.1 }
      await db.write((transaction) => db.models.DeviceState.upsert({ deviceId, ...state }, { transaction }))
      const subscribe = async (group: number, endpoint: string) => {
        const person = { email: `${endpoint}@example.org`, passwordHash: 'x', displayName: 'x', isSystemAdmin: false }
        const { id: userId } = await insertUser(db, { ...person, memberships: [{ groupId: group, role: 'viewer' }] })
        const target = { ...browser.target, endpoint: `${browser.origin}/${endpoint}` }
        return db.write((tx) => insertPushSubscription(db, { userId, ...target, userAgent: null }, tx))
      }
      const ours = await subscribe(groupId, 'ours')
      await subscribe(other, 'theirs')
      const watch = createAlertWatch({
        db,
        log: SILENT_LOG,
        shores: { of: () => Promise.resolve(null) },
        channels: {
          mailer: null,
          publicUrl: null,
          push: senderTo('127.0.0.0/8'),
          sending: { modemSender: null, rockStarSender: null },
        },
      })
      for (const at of [1, 2]) await watch.round(new Date(NOON.getTime() + at * 15_000))
      expect(browser.got).toHaveLength(1)
      expect(browser.read(0)).toMatchObject({
        title: expect.stringMatching(/^PK901 has a low battery/),
        path: '/setup/alerts',
      })
      browser.status = 410
      await db.write((transaction) =>
        db.models.DeviceState.update({ batteryVolts: 4.1 }, { where: { deviceId }, transaction }),
      )
      await watch.round(new Date(NOON.getTime() + 60_000))
      expect(browser.got).toHaveLength(2)
      expect(browser.read(1)).toMatchObject({ title: 'Over' })
      expect(await findPushSubscription(db, { id: ours })).toBeNull()
      expect(await listAlerts(db, { scope: { all: true }, limit: 10, afterId: null })).toHaveLength(1)
      await watch.stop()
    } finally {
      await db.drop()
    }
  })
})
