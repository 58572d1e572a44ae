import { createHmac } from 'node:crypto'

/** Headers of one try, as Standard Webhooks says. */
export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Signs the very bytes that are sent. Made anew for each try: receivers refuse a time stamp that is five minutes old. The id
 * stays the same, by which they tell doubles.
 *
 * @param secrets each `whsec_` and base64; all sign, so that a receiver may know either while one takes the other's place
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
    // Exactly one blank between two: with another one the Python library throws.
    'webhook-signature': signatures.join(' '),
  }
}
