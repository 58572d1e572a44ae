import { createECDH, randomBytes } from 'node:crypto'
import { createPost, PostError, type Reach } from '@paikea/delivery'
import webPush from 'web-push'

/** A browser's push subscription. */
export interface PushTarget {
  /** Address at the browser vendor's push service. */
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

/** What its service worker receives. */
export interface PushMessage {
  readonly title: string
  readonly body: string
  /** Path of the page to open. */
  readonly path: string
  /** A later message with the same tag replaces it. */
  readonly tag: string
}

/** Sends to browsers through their vendors' push services (RFC 8030, encrypted per RFC 8291, signed per RFC 8292). */
export interface PushSender {
  /** The key browsers subscribe with: base64url. */
  publicKey(): Promise<string>
  /**
   * @returns `gone` if the browser has unsubscribed @throws if it was not accepted; the error never contains the
   * address
   */
  send(target: PushTarget, message: PushMessage): Promise<'sent' | 'gone'>
}

/** A browser that is off for longer need not hear of it. */
const KEPT_SECONDS = 12 * 3600
const SEND_WITHIN_MS = 10_000

/** Generates a private key for {@link createPushSender}. */
export function newPushKey(): string {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  // The runtime omits leading zeros.
  return Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()])
    .subarray(-32)
    .toString('base64url')
}

/**
 * Creates the sender.
 *
 * @param options.loadKey returns the private key, 32 bytes as base64url; called once, and again after a failure
 * @param options.contact `https:` or `mailto:`, for the push service to write to
 * @param options.reach which addresses may be connected to: a subscription's address can be supplied by anyone
 */
export function createPushSender(options: {
  readonly loadKey: () => Promise<string>
  readonly contact: string
  readonly reach: Reach
}): PushSender {
  const { loadKey, contact, reach } = options
  const post = createPost({ reach, timeoutMs: SEND_WITHIN_MS })
  let keys: Promise<{ readonly publicKey: string; readonly privateKey: string }> | null = null
  const load = () =>
    (keys ??= loadKey()
      .then((privateKey) => ({ privateKey, publicKey: publicKeyOf(privateKey) }))
      .catch((error: unknown) => {
        keys = null
        throw error
      }))
  return {
    publicKey: async () => (await load()).publicKey,
    async send({ endpoint, p256dh, auth }, message) {
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(message),
        {
          vapidDetails: { subject: contact, ...(await load()) },
          TTL: KEPT_SECONDS,
          urgency: 'high',
          topic: topicOf(message.tag),
        },
      )
      const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      const answer = await post(new URL(endpoint), body, plain).catch((error: unknown) => {
        throw new Error(
          `the push service could not be reached: ${error instanceof PostError ? error.reason : 'failed'}`,
        )
      })
      if (answer.status === 404 || answer.status === 410) return 'gone'
      if (answer.status >= 200 && answer.status < 300) return 'sent'
      throw new Error(`the push service answered ${String(answer.status)}`)
    },
  }
}

function publicKeyOf(privateKey: string): string {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  return pair.getPublicKey().toString('base64url')
}

/** At most 32 characters of base64url, or a random one that replaces nothing. */
function topicOf(tag: string): string {
  const topic = tag.replaceAll(/[^\w-]/g, '-')
  return topic.length <= 32 ? topic : randomBytes(16).toString('base64url')
}
