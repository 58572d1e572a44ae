import { startSqsServer } from '../../services/sqs-server.ts'
import { post } from '../../services/post.ts'
import { isListening, waitFor } from '../../services/wait-for.ts'
import { startChild } from '../child.ts'
import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { type Stack, startStack } from '../stack.ts'
import { secondsUntil } from '../until.ts'
import { type BenchRun, databasesOf, type Section } from './section.ts'

/** Per second of `--seconds`: 1,000 by default. */
const MESSAGES_PER_SECOND = 200
const BUOYS = 20
const QUEUES = 2
const WEBHOOKS = 3

/**
 * Messages per second until each of five healthy programs has them, compared with the same messages without a route.
 */
export const programs: Section = {
  name: 'programs',
  about: `messages of ${BUOYS} buoys until ${QUEUES} queues and ${WEBHOOKS} webhooks have each, beside no route`,
  async measure(run) {
    const figures: Figure[] = []
    const sqs = await startSqsServer((line) => run.progress(line))
    if (sqs === null) return []
    try {
      await waitFor(() => isListening({ port: Number(new URL(sqs.url).port) }), { limitMs: 60_000 })
      for (const database of databasesOf(run)) figures.push(...(await measureOne(run, database, sqs.url)))
    } finally {
      await sqs.stop()
    }
    return figures
  },
}

async function measureOne(run: BenchRun, database: 'sqlite' | 'mariadb', sqsUrl: string): Promise<Figure[]> {
  const receiver = await startChild('bench-receiver')
  const env = {
    PAIKEA_PRIVATE_TARGETS: '127.0.0.0/8',
    AWS_ENDPOINT_URL: sqsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const stack = await startStack({ ...run, database, role: 'all', buoys: BUOYS, env })
  const amount = run.seconds * MESSAGES_PER_SECOND
  try {
    let firstSequence = 0
    let deliveries = 0
    const deliver = async (targets: number): Promise<number> => {
      const began = performance.now()
      const order = { url: stack.webhookUrl, clients: 32, amount, firstSequence, modems: BUOYS }
      const { refused } = await runLoad({ ...order, startedAt: new Date().toISOString() })
      if (refused > 0) throw new Error(`${refused} deliveries were not answered with 200`)
      firstSequence += amount
      deliveries += amount * targets
      await secondsUntil(stack.db, 'processed', { atLeast: firstSequence, limitSeconds: 300 })
      await secondsUntil(stack.db, 'sent', { atLeast: deliveries, limitSeconds: 300 })
      return amount / ((performance.now() - began) / 1000)
    }
    run.progress(`${database}, warming up`)
    await deliver(0)
    const plain: number[] = []
    for (let round = 1; round <= run.rounds; round += 1) plain.push(await deliver(0))
    await routeToPrograms(stack, { sqsUrl, receiverUrl: `http://127.0.0.1:${receiver.port}` })
    await deliver(QUEUES + WEBHOOKS)
    const routed: Record<string, number>[] = []
    for (const [index, without] of plain.entries()) {
      run.progress(`${database}, round ${index + 1}, five programs`)
      const perSecond = await deliver(QUEUES + WEBHOOKS)
      routed.push({ perSecond, shareOfNoRoute: perSecond / without })
    }
    return [
      overRounds(
        `${database}, no route`,
        plain.map((perSecond) => ({ perSecond })),
      ),
      overRounds(`${database}, five healthy programs`, routed, '≥ 0.5 of no route'),
    ]
  } finally {
    await stack.stop()
    await receiver.stop()
  }
}

async function routeToPrograms(stack: Stack, options: { readonly sqsUrl: string; readonly receiverUrl: string }) {
  const headers = { authorization: `Bearer ${stack.token}` }
  const bodies = [
    ...Array.from({ length: QUEUES }, (_, index) => ({ kind: 'sqs', queueName: `bench-${Date.now()}-${index}` })),
    ...Array.from({ length: WEBHOOKS }, (_, index) => ({ kind: 'webhook', url: `${options.receiverUrl}/${index}` })),
  ]
  for (const body of bodies) {
    if ('queueName' in body) await createQueue(options.sqsUrl, body.queueName)
    const made = await post(`${stack.baseUrl}/v1/endpoints`, body, headers)
    const { id: endpointId } = (await made.json()) as { id: number } // the contract's shape
    const route = { source: { kind: 'buoy' }, messageType: 'any', target: { endpointId } }
    await post(`${stack.baseUrl}/v1/routes`, route, headers)
  }
}

async function createQueue(url: string, QueueName: string): Promise<void> {
  await post(
    url,
    { QueueName },
    {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.CreateQueue',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request',
    },
  )
}
