import { createHash } from 'node:crypto'

import { z } from 'zod'

import { formatForProgram, testBody, withDeliveryId } from '../program/formats.ts'
import { programWords } from '../program/words.ts'
import { defineTarget } from '../target.ts'
import { groupIdOf, isQueueName, readQueueUrl } from './queue-address.ts'
import { createSendToQueue, findQueueUrl } from './send-to-queue.ts'

const UrlSchema = z
  .string()
  .max(1_000)
  .refine((text) => readQueueUrl(text) !== null, 'must be a queue URL as AWS shows it')
const NameSchema = z
  .string()
  .refine(
    isQueueName,
    'must be a queue name: letters, digits, hyphens and underscores, ending in .fifo for a FIFO queue',
  )

/** A queue of AWS SQS or a compatible service. */
export const sqs = defineTarget({
  kind: 'sqs',
  fields: { queueUrl: UrlSchema.optional(), queueName: NameSchema.optional() },
  keyOf: ({ queueUrl, queueName }) =>
    `sqs/${createHash('sha256')
      .update(queueUrl ?? queueName ?? '')
      .digest('hex')
      .slice(0, 48)}`,
  order: 'device',
  // A queue given by name replaces one given by URL, and vice versa.
  isAddressWhole: true,
  wants: 'all',
  triedBy: 'message',
  mayRepeatUnknown: true,
  // Existing readers expect the vendor's own fields.
  formats: ['vendor', 'report'],
  timeToLiveMs: () => null,
  format: formatForProgram('vendor'),
  creditsFor: () => 0,
  words: programWords('The queue'),
  limits: { atOnce: 64, atOncePerEndpoint: 10, maxWaiting: 256 },
  refuse({ queueUrl, queueName }, { sqs: settings }) {
    const refusal = (field: string, code: string, message: string) => Promise.resolve({ field, code, message })
    if (queueUrl === undefined && queueName === undefined) {
      return refusal('queueUrl', 'required', 'is missing: give queueUrl or queueName')
    }
    if (queueUrl === undefined) return Promise.resolve(null)
    if (queueName !== undefined) return refusal('queueName', 'one-of-two', 'must not be combined with queueUrl')
    return readQueueUrl(queueUrl)?.isForeign === true && settings.endpoint === null
      ? refusal('queueUrl', 'not-aws', 'must be on AWS, because AWS_ENDPOINT_URL is not set')
      : Promise.resolve(null)
  },
  async settle(config, { sqs: settings }) {
    const { queueUrl, queueName } = config
    if (queueUrl !== undefined || queueName === undefined) return { config }
    const found = await findQueueUrl(settings, queueName)
    if (found === 'missing') {
      return {
        problem: { field: 'queueName', code: 'no-such-queue', message: 'there is no such queue in the account' },
      }
    }
    // If the service does not answer now, the first delivery asks again.
    return { config: found === null ? config : { queueName, queueUrl: found.queueUrl } }
  },
  testBody,
  createSend({ sqs: settings }) {
    const send = createSendToQueue(settings)
    return ({ deliveryId, payload, endpoint, sourceIam, messageType }) => {
      if (endpoint === null) {
        const gone = {
          fault: 'message',
          reason: 'endpoint-gone',
          code: null,
          text: 'the endpoint was deleted',
        } as const
        return Promise.resolve({ outcome: 'rejected', ...gone })
      }
      return send(endpoint.config, {
        body: withDeliveryId(payload, deliveryId),
        attributes: { deliveryId, iam: sourceIam ?? '', messageType: messageType ?? '' },
        groupId: groupIdOf(sourceIam),
        deduplicationId: deliveryId,
      })
    }
  },
})
