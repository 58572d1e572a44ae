import { createHmac } from 'node:crypto'

/** Headers of one try, by the Standard Webhooks specification. */
export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Signs the exact bytes that are sent. Computed anew for each try, since receivers refuse timestamps older than five
 * minutes; the id, by which they recognise duplicates, stays the same.
 *
 * @param secrets each `whsec_` and base64; all sign, so that either is accepted during a rotation
 */
export function signWebhook(message: {
  readonly id: string
  readonly at: Date
  readonly body: Uint8Array
  readonly secrets: readonly string[]
}): SignedHeaders {
  const timestamp = String(Math.floor(message.at.getTime() / 1000))
  const signatures = message.secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const signed = createHmac('sha256', key).update(`${message.id}.${timestamp}.`).update(message.body).digest('base64')
    return `v1,${signed}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    // Exactly one space between two: with more, the Python library throws.
    'webhook-signature': signatures.join(' '),
  }
}
