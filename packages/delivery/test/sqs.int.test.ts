import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs'

import { sendContext } from '../src/targets/send-context.ts'
import { sqs } from '../src/targets/sqs/sqs.ts'
import { createSendToQueue, type QueueMessage, type SendToQueue } from '../src/targets/sqs/send-to-queue.ts'
import { startReceiver } from '../src/testing/receiver.ts'

const endpoint = process.env['PAIKEA_TEST_SQS_URL']
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

const describeIfThere = endpoint === undefined ? describe.skip : describe

describeIfThere('queues on a real server', () => {
  const client = new SQSClient({ endpoint: endpoint ?? '', region: 'us-east-1', credentials })
  const send: SendToQueue = createSendToQueue({ endpoint: endpoint ?? '', region: null, credentials })
  const queues: string[] = []

  beforeAll(async () => {
    const end = Date.now() + 60_000
    for (;;) {
      const isUp = await client.send(new ListQueuesCommand({})).then(
        () => true,
        () => false,
      )
      if (isUp) return
      if (Date.now() > end) throw new Error('the SQS server does not answer')
    }
  }, 70_000)
  afterAll(async () => {
    for (const QueueUrl of queues) await client.send(new DeleteQueueCommand({ QueueUrl })).catch(() => undefined)
    client.destroy()
  })

  let count = 0
  async function createQueue(isFifo = false): Promise<{ readonly name: string; readonly url: string }> {
    count += 1
    const name = `paikea-${process.pid}-${count}${isFifo ? '.fifo' : ''}`
    const made = await client.send(
      new CreateQueueCommand({ QueueName: name, ...(isFifo ? { Attributes: { FifoQueue: 'true' } } : {}) }),
    )
    const url = made.QueueUrl ?? ''
    queues.push(url)
    return { name, url }
  }

  async function receive(QueueUrl: string, atLeast: number): Promise<readonly Message[]> {
    const messages: Message[] = []
    for (let tries = 0; tries < 20 && messages.length < atLeast; tries += 1) {
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          WaitTimeSeconds: 1,
        }),
      )
      messages.push(...(answer.Messages ?? []))
    }
    return messages
  }

  const message = (id: number, overrides: Partial<QueueMessage> = {}): QueueMessage => ({
    body: JSON.stringify({ id, text: 'Tui ü' }),
    attributes: { deliveryId: String(id), iam: 'B003', messageType: '' },
    groupId: 'B003',
    deduplicationId: String(id),
    ...overrides,
  })

  it.each(['queueUrl', 'queueName'] as const)(
    'receive a message addressed by their %s, without empty attributes',
    async (by) => {
      const { name, url } = await createQueue()
      const address = by === 'queueUrl' ? { queueUrl: url } : { queueName: name }
      expect(await send(address, message(1))).toMatchObject({ outcome: 'sent', id: expect.any(String), status: 200 })
      const [received] = await receive(url, 1)
      expect(received?.Body).toBe('{"id":1,"text":"Tui ü"}')
      expect(received?.MessageAttributes).toMatchObject({
        deliveryId: { DataType: 'String', StringValue: '1' },
        iam: { DataType: 'String', StringValue: 'B003' },
      })
      expect(received?.MessageAttributes).not.toHaveProperty('messageType')
    },
  )

  it('receive all of 25 messages sent at once, each with its own outcome', async () => {
    const { url } = await createQueue()
    const outcomes = await Promise.all(Array.from({ length: 25 }, (_, id) => send({ queueUrl: url }, message(id))))
    expect(outcomes.every(({ outcome }) => outcome === 'sent')).toBe(true)
    const ids = (await receive(url, 25)).map(({ Body }) => JSON.parse(Body ?? '{}').id)
    expect(new Set(ids).size).toBe(25)
  })

  it('keep messages in order and drop a repeated delivery if they are FIFO', async () => {
    const { url } = await createQueue(true)
    for (const id of [1, 2, 2, 3]) {
      expect(await send({ queueUrl: url }, message(id))).toMatchObject({ outcome: 'sent' })
    }
    const received = await receive(url, 3)
    expect(received.map(({ Body }) => JSON.parse(Body ?? '{}').id)).toEqual([1, 2, 3])
  })

  it('are looked up by name when an endpoint is made, unless the service is away', async () => {
    const { name, url } = await createQueue()
    const context = sendContext({
      modemSender: null,
      rockStarSender: null,
      sqs: { endpoint: endpoint ?? '', region: null, credentials },
    })
    expect(await sqs.settle?.({ queueName: name }, context)).toEqual({ config: { queueName: name, queueUrl: url } })
    expect(await sqs.settle?.({ queueName: `${name}-none` }, context)).toMatchObject({
      problem: { field: 'queueName', code: 'no-such-queue' },
    })
    // Nobody can be asked: the first delivery asks.
    const away = { ...context, sqs: { endpoint: 'http://127.0.0.1:1', region: null, credentials } }
    expect(await sqs.settle?.({ queueName: name }, away)).toEqual({ config: { queueName: name } })
  })

  it('are reported as missing, and found after they are created', async () => {
    const queueName = `paikea-${process.pid}-later`
    expect(await send({ queueName }, message(1))).toMatchObject({
      outcome: 'rejected',
      fault: 'configuration',
      reason: 'no-such-queue',
    })
    const made = await client.send(new CreateQueueCommand({ QueueName: queueName }))
    queues.push(made.QueueUrl ?? '')
    expect(await send({ queueName }, message(1))).toMatchObject({ outcome: 'sent' })
  })

  it('yield an unknown outcome for an odd answer or none, and try-later for a 503 or a refusal', async () => {
    const receiver = await startReceiver()
    const odd = createSendToQueue({ endpoint: receiver.url, region: null, credentials })
    const queueUrl = `${receiver.url}/123456789012/buoys`
    receiver.behave({ answer: 200, headers: { 'content-type': 'text/html' }, body: '<html>a proxy</html>' })
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'unknown' })
    receiver.behave({
      answer: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: '{"MessageId":"1","MD5OfMessageBody":"x"}',
    })
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'unknown' })
    receiver.behave('reset')
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'unknown' })
    const before = receiver.requests.length
    receiver.behave({ answer: 503, body: '{}' })
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'try-later', status: 503 })
    // The SDK repeats nothing by itself: each request has its attempt.
    expect(receiver.requests).toHaveLength(before + 1)
    await receiver.close()
    // The first finds the connection of before closed under it.
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'unknown', reason: 'econnreset' })
    expect(await odd({ queueUrl }, message(1))).toMatchObject({ outcome: 'try-later', reason: 'econnrefused' })
  })

  it('report wrong credentials as access-denied', async () => {
    const receiver = await startReceiver()
    const odd = createSendToQueue({ endpoint: receiver.url, region: null, credentials })
    const body = JSON.stringify({ __type: 'com.amazonaws.sqs#AccessDeniedException', message: 'no' })
    receiver.behave({ answer: 403, headers: { 'content-type': 'application/x-amz-json-1.0' }, body })
    expect(await odd({ queueUrl: `${receiver.url}/123456789012/buoys` }, message(1))).toMatchObject({
      outcome: 'rejected',
      reason: 'access-denied',
    })
    await receiver.close()
  })
})
