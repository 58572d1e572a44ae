import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

import { keyOf, type Receipt, strange } from './receipts.ts'

/**
 * A program that reads a queue throughout the run. It implements the protocol by hand, so that none of our own code
 * takes part in the count.
 */
export interface SqsReader {
  readonly queueUrl: string
  readonly got: readonly Receipt[]
  close(): Promise<void>
}

const Created = z.object({ QueueUrl: z.string() })
const Received = z.object({
  Messages: z
    .array(
      z.object({
        Body: z.string(),
        ReceiptHandle: z.string(),
        MessageAttributes: z.record(z.string(), z.object({ StringValue: z.string() })).optional(),
      }),
    )
    .optional(),
})
const VendorBody = z.object({ imei: z.string(), data: z.string() })

/** Creates a FIFO queue and starts reading it. */
export async function startSqsReader(url: string, name: string): Promise<SqsReader> {
  const queue = { QueueName: name, Attributes: { FifoQueue: 'true', VisibilityTimeout: '3600' } }
  const { QueueUrl } = Created.parse(await call(url, 'CreateQueue', queue))
  const got: Receipt[] = []
  let isOpen = true
  async function read(): Promise<void> {
    while (isOpen) {
      const answer = await call(url, 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        MessageAttributeNames: ['All'],
      }).catch(() => ({}))
      const { Messages = [] } = Received.parse(answer)
      for (const { Body, ReceiptHandle, MessageAttributes } of Messages) {
        const body = VendorBody.safeParse(JSON.parse(Body))
        const key = body.success ? keyOf(body.data.imei, Buffer.from(body.data.data, 'hex').toString()) : null
        got.push({ deliveryId: MessageAttributes?.['deliveryId']?.StringValue ?? null, key: key ?? strange(Body) })
        await call(url, 'DeleteMessage', { QueueUrl, ReceiptHandle }).catch(() => undefined)
      }
      if (Messages.length === 0) await sleep(200)
    }
  }
  const reading = read()
  return {
    queueUrl: QueueUrl,
    got,
    async close() {
      isOpen = false
      await reading
    },
  }
}

async function call(url: string, action: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`${action}: ${response.status} ${(await response.text()).slice(0, 200)}`)
  return response.json()
}
