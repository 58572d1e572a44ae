import type * as AwsSqs from '@aws-sdk/client-sqs'
import type { MessageAttributeValue, SQSClient } from '@aws-sdk/client-sqs'

import { createGroup } from '../../send/group.ts'
import type { SendOutcome } from '../../send/outcome.ts'
import { outcomeOf } from './outcome.ts'
import { isFifo, readQueueUrl, type QueueAddress } from './queue-address.ts'

/** A message for a queue. */
export interface QueueMessage {
  readonly body: string
  /** Empty attributes are left out: services refuse them. */
  readonly attributes: Readonly<Record<string, string>>
  /** Both apply to FIFO queues only. */
  readonly groupId: string
  readonly deduplicationId: string
}

/** Sends messages to queues. Never rejects: failures of the service or network are outcomes. */
export type SendToQueue = (address: QueueAddress, message: QueueMessage) => Promise<SendOutcome>

const TIMEOUT_MS = 10_000
const CONNECT_MS = 3_000
/** A person is waiting for the result. */
const LOOK_UP_MS = 5_000
const MAX_BATCH = 10
/** A batch may be no larger than a single message. */
const MAX_BATCH_BYTES = 1_000_000

type Sdk = typeof AwsSqs

/** Endpoint of a service used instead of AWS. */
export interface SqsSettings {
  /** `null` = AWS. */
  readonly endpoint: string | null
  /** `null` = determined by the SDK or from the queue's URL. */
  readonly region: string | null
  /** `null` = determined by the SDK, such as from a profile or the machine's role. */
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  } | null
}

/** The SDK requires a region even for services without regions. */
const ANY_REGION = 'us-east-1'

/**
 * Builds a sender on the AWS SDK, which is loaded with the first queue. Messages that arrive for a queue during a
 * request share the next one. The SDK's own retries are off: each request has its attempt row.
 */
export function createSendToQueue(settings: SqsSettings): SendToQueue {
  const clients = new Map<string, SQSClient>()
  const queues = new Map<string, (message: QueueMessage) => Promise<SendOutcome>>()
  let sdk: Promise<Sdk> | null = null

  async function clientFor(region: string | null): Promise<{ readonly sdk: Sdk; readonly client: SQSClient }> {
    sdk ??= import('@aws-sdk/client-sqs')
    const loaded = await sdk
    const where = region ?? settings.region ?? (settings.endpoint === null ? null : ANY_REGION)
    const key = where ?? ''
    const client = clients.get(key) ?? makeClient(loaded, where, settings)
    clients.set(key, client)
    return { sdk: loaded, client }
  }

  async function urlOf(address: QueueAddress): Promise<string> {
    if (address.queueUrl !== undefined) return address.queueUrl
    const { sdk: loaded, client } = await clientFor(null)
    return askQueueUrl(loaded, client, { queueName: address.queueName, timeoutMs: TIMEOUT_MS })
  }

  function openQueue(address: QueueAddress): (message: QueueMessage) => Promise<SendOutcome> {
    let url: Promise<string> | null = null
    return createGroup<QueueMessage, SendOutcome>({
      maxSize: MAX_BATCH,
      isForAll: () => true,
      async run(messages) {
        try {
          url ??= urlOf(address)
          const QueueUrl = await url
          const { sdk: loaded, client } = await clientFor(readQueueUrl(QueueUrl)?.region ?? null)
          return await sendBatches({ sdk: loaded, client, QueueUrl, fifo: isFifo(address) }, messages)
        } catch (error) {
          url = null
          return messages.map(() => outcomeOf(error))
        }
      },
    })
  }

  return (address, message) => {
    const key = address.queueUrl ?? address.queueName ?? ''
    const send = queues.get(key) ?? openQueue(address)
    queues.set(key, send)
    return send(message)
  }
}

/** Looks up a queue's URL by name; `missing` = the account has no such queue, `null` = no answer now. */
export async function findQueueUrl(
  settings: SqsSettings,
  queueName: string,
): Promise<{ readonly queueUrl: string } | 'missing' | null> {
  const sdk = await import('@aws-sdk/client-sqs')
  const region = settings.region ?? (settings.endpoint === null ? null : ANY_REGION)
  const client = makeClient(sdk, region, settings)
  try {
    return { queueUrl: await askQueueUrl(sdk, client, { queueName, timeoutMs: LOOK_UP_MS }) }
  } catch (error) {
    const outcome = outcomeOf(error)
    return 'reason' in outcome && outcome.reason === 'no-such-queue' ? 'missing' : null
  } finally {
    client.destroy()
  }
}

async function askQueueUrl(
  sdk: Sdk,
  client: SQSClient,
  { queueName, timeoutMs }: { readonly queueName: string | undefined; readonly timeoutMs: number },
): Promise<string> {
  const command = new sdk.GetQueueUrlCommand({ QueueName: queueName })
  const { QueueUrl } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) })
  if (QueueUrl === undefined) throw Object.assign(new Error('the answer does not name a queue'), { name: 'NoQueueUrl' })
  return QueueUrl
}

function makeClient(sdk: Sdk, region: string | null, { endpoint, credentials }: SqsSettings): SQSClient {
  return new sdk.SQSClient({
    maxAttempts: 1,
    // Never the host in an endpoint's address: the request is signed with our credentials.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: TIMEOUT_MS },
    ...(region === null ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
  })
}

interface Queue {
  readonly sdk: Sdk
  readonly client: SQSClient
  readonly QueueUrl: string
  readonly fifo: boolean
}

async function sendBatches(queue: Queue, messages: readonly QueueMessage[]): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = []
  for (let start = 0; start < messages.length;) {
    let end = start + 1
    let bytes = sizeOf(messages[start])
    while (end < messages.length && bytes + sizeOf(messages[end]) <= MAX_BATCH_BYTES) {
      bytes += sizeOf(messages[end])
      end += 1
    }
    outcomes.push(...(await sendSome(queue, messages.slice(start, end))))
    start = end
  }
  return outcomes
}

async function sendSome(queue: Queue, messages: readonly QueueMessage[]): Promise<readonly SendOutcome[]> {
  const { sdk, client, QueueUrl } = queue
  const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) }
  const [first] = messages
  try {
    if (messages.length === 1 && first !== undefined) {
      const sent = await client.send(new sdk.SendMessageCommand({ QueueUrl, ...fieldsOf(first, queue) }), options)
      return [{ outcome: 'sent', id: sent.MessageId ?? null, status: sent.$metadata.httpStatusCode ?? 200 }]
    }
    const Entries = messages.map((message, index) => ({ Id: String(index), ...fieldsOf(message, queue) }))
    const answer = await client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries }), options)
    return messages.map((_message, index): SendOutcome => {
      const id = String(index)
      const sent = answer.Successful?.find((entry) => entry.Id === id)
      if (sent !== undefined) return { outcome: 'sent', id: sent.MessageId ?? null, status: 200 }
      const failed = answer.Failed?.find((entry) => entry.Id === id)
      if (failed === undefined) return { outcome: 'unknown', reason: 'no-answer-for-it' }
      const status = failed.SenderFault === true ? 400 : 500
      return outcomeOf({ name: failed.Code, message: failed.Message, $metadata: { httpStatusCode: status } })
    })
  } catch (error) {
    return messages.map(() => outcomeOf(error))
  }
}

function fieldsOf({ body, attributes, groupId, deduplicationId }: QueueMessage, { fifo }: Queue) {
  const given = Object.entries(attributes).filter(([, value]) => value !== '')
  const MessageAttributes = Object.fromEntries(
    given.map(([name, value]): [string, MessageAttributeValue] => [name, { DataType: 'String', StringValue: value }]),
  )
  return {
    MessageBody: body,
    MessageAttributes,
    ...(fifo ? { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId } : {}),
  }
}

function sizeOf(message: QueueMessage | undefined): number {
  if (message === undefined) return 0
  const attributes = Object.entries(message.attributes).flat().join('')
  return Buffer.byteLength(message.body) + Buffer.byteLength(attributes) + 100
}
