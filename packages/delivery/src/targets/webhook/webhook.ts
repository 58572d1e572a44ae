import { createHash } from 'node:crypto'

import { z } from 'zod'

import { formatForProgram, PROGRAM_FORMATS, testBody, withDeliveryId } from '../program/formats.ts'
import { programWords } from '../program/words.ts'
import { defineTarget } from '../target.ts'
import { judgeAnswer } from './judge-answer.ts'
import { createPost, PostError } from './post.ts'
import { hostOf, isWithinReach } from './reach.ts'
import { secretsOf, webhookSecrets } from './secrets.ts'
import { signWebhook } from './signature.ts'

const UrlSchema = z
  .string()
  .max(1_000)
  .refine(isWebAddress, 'must be a URL such as https://example.org/path, without a password')

/** A program that accepts JSON over HTTP, signed by the Standard Webhooks specification. */
export const webhook = defineTarget({
  kind: 'webhook',
  fields: { url: UrlSchema },
  keyOf: ({ url }) => `webhook/${createHash('sha256').update(new URL(url).href).digest('hex').slice(0, 48)}`,
  order: 'device',
  wants: 'all',
  triedBy: 'message',
  mayRepeatUnknown: true,
  formats: PROGRAM_FORMATS,
  timeToLiveMs: () => null,
  format: formatForProgram('report'),
  creditsFor: () => 0,
  words: programWords('The receiver'),
  limits: { atOnce: 64, atOncePerEndpoint: 8, maxWaiting: 256 },
  async refuse({ url }, { reach }) {
    const address = new URL(url)
    if ((await isWithinReach(address, reach)) !== false) return null
    return address.protocol === 'http:'
      ? { field: 'url', code: 'https-required', message: 'must be https, except inside PAIKEA_PRIVATE_TARGETS' }
      : { field: 'url', code: 'private-address', message: 'leads to a private address outside PAIKEA_PRIVATE_TARGETS' }
  },
  testBody,
  secrets: webhookSecrets,
  createSend({ reach, webhookTimeoutMs }) {
    const post = createPost({ reach, timeoutMs: webhookTimeoutMs })
    return async ({ deliveryId, payload, endpoint }) => {
      if (endpoint === null) return { outcome: 'rejected', ...GONE }
      const body = Buffer.from(withDeliveryId(payload, deliveryId))
      const signed = signWebhook({ id: deliveryId, at: new Date(), body, secrets: secretsOf(endpoint.secrets) })
      const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'Paikea' }
      try {
        return judgeAnswer(await post(new URL(endpoint.config.url), body, headers))
      } catch (error) {
        if (!(error instanceof PostError)) throw error
        if (error.reached === 'may-have-arrived') return { outcome: 'unknown', reason: error.reason }
        return { outcome: 'try-later', reason: error.reason, retryAfterMs: null }
      }
    }
  },
})

const GONE = { fault: 'message', reason: 'endpoint-gone', code: null, text: 'the endpoint was deleted' } as const

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && url.username === '' && url.password === '' && hostOf(url) !== ''
}
