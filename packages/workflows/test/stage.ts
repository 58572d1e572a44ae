import { SILENT_LOG } from '@paikea/domain'
import { randomBytes } from 'node:crypto'
import { openTestDatabase, type DatabaseKind, type TestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { createIntake } from '@paikea/intake'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createFakeService } from '@paikea/rockblock-client/testing'
import { Client } from '@temporalio/client'
import type { WorkflowBundleOption, NativeConnection } from '@temporalio/worker'
import {
  buildWorkflowBundle,
  connectNative,
  createActivities,
  createDispatcher,
  createStarter,
  createWorker,
  installRuntime,
  outboundWorkflowId,
  registerSearchAttributes,
  signalNames,
  type Activities,
  type ActivityDeps,
  type Dispatcher,
  type RunningWorker,
  type WorkflowStarter,
} from '../src/mod.ts'
import { spreadDeliveryIds } from '@paikea/delivery/testing'

let bundle: Promise<WorkflowBundleOption> | null = null

/** The workflow bundle, built once per test file. */
export function testBundle(): Promise<WorkflowBundleOption> {
  const log = (): void => undefined
  bundle ??= buildWorkflowBundle({ logger: { log, trace: log, debug: log, info: log, warn: log, error: log } })
  return bundle
}

/** Everything of one process: database, vendor, worker, dispatcher, on a task queue of its own. */
export interface Stage {
  readonly db: TestDatabase
  readonly vendor: ReturnType<typeof createFakeService>
  readonly client: Client
  readonly connection: NativeConnection
  readonly starter: WorkflowStarter
  readonly dispatcher: Dispatcher
  readonly taskQueue: string
  /** A second worker over the same database, as another process would be. */
  addWorker(overrides?: Partial<ActivityDeps>): Promise<RunningWorker>
  close(): Promise<void>
}

/** Puts a stage up on a running Temporal server. */
export async function openStage(options: {
  readonly address: string
  readonly kind?: DatabaseKind
  readonly withoutWorker?: boolean
  readonly activities?: Partial<ActivityDeps>
  /** Puts something between the worker and its activities. */
  readonly wrap?: (activities: Activities) => Activities
  readonly withoutAttributes?: boolean
}): Promise<Stage> {
  installRuntime({ log: SILENT_LOG })
  const connection = await connectNative({ address: options.address, log: SILENT_LOG })
  if (options.withoutAttributes !== true) await attributesAreThere(connection)
  const db = await openTestDatabase(options.kind ?? 'sqlite')
  await spreadDeliveryIds(db)
  const vendor = createFakeService()
  const client = new Client({ connection })
  const taskQueue = `test-${randomBytes(6).toString('hex')}`
  const starter = createStarter({ client, isEager: true, taskQueue })
  const dispatcher = createDispatcher({ db, starter, log: SILENT_LOG, sweepMs: 200 })
  const workers: RunningWorker[] = []
  const connections: NativeConnection[] = [connection]

  async function addWorker(overrides: Partial<ActivityDeps> = {}): Promise<RunningWorker> {
    const activities = createActivities({
      db,
      intake: createIntake({ db }),
      modemSender: new RockBlockClient({
        username: 'user',
        password: 'password',
        fetch: vendor.fetch,
        timeoutMs: 2_000,
      }),
      rockStarSender: null,
      notifyOutbound: (rows) => dispatcher.notifyOutbound(rows),
      wakeOutbound: (outboundId) =>
        void starter.signal(outboundWorkflowId(outboundId), signalNames.yourTurn).catch(() => undefined),
      onDelivery: (event) => dispatcher.delivered(event),
      onEndpoint: () => dispatcher.sweepSoon(),
      onAccount: () => dispatcher.sweepSoon(),
      reach: createReach(['127.0.0.0/8']),
      webhookTimeoutMs: 2_000,
      log: SILENT_LOG,
      ...options.activities,
      ...overrides,
    })
    // One connection takes one worker for a queue, as one process does.
    const own = workers.length === 0 ? connection : await connectNative({ address: options.address, log: SILENT_LOG })
    if (workers.length > 0) connections.push(own)
    const worker = await createWorker({
      connection: own,
      activities: options.wrap?.(activities) ?? activities,
      log: SILENT_LOG,
      taskQueue,
      workflowBundle: await testBundle(),
    })
    workers.push(worker)
    return worker
  }

  if (options.withoutWorker !== true) await addWorker()
  return {
    db,
    vendor,
    client,
    connection,
    starter,
    dispatcher,
    taskQueue,
    addWorker,
    async close() {
      await dispatcher.stop()
      await Promise.all(workers.map((worker) => worker.shutdown()))
      await Promise.all(connections.map((open) => open.close()))
      await db.drop()
    },
  }
}

/** A server that has just begun to listen may refuse for a moment. */
async function attributesAreThere(connection: NativeConnection): Promise<void> {
  await until('the search attributes are registered', () =>
    registerSearchAttributes({ connection, namespace: 'default' }).then(
      () => true,
      () => false,
    ),
  )
}

/** Asks again until it is so. @throws when it is not after `limitMs` */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | null | false> | Value | null | false,
  limitMs = 30_000,
): Promise<Value> {
  const end = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false) return answer
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Event types of a workflow's history. */
export async function eventsOf(client: Client, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).map((event) => {
    const [attributes] = Object.keys(event).filter((key) => key.endsWith('EventAttributes'))
    return (attributes ?? '?').replace(/EventAttributes$/, '')
  })
}

/** The server of the test run, or why there is none. */
export function temporalOfTestRun(): {
  readonly describeOn: jest.Describe
  readonly address: string
  readonly why: string
} {
  const address = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
  if (address !== undefined) return { describeOn: describe, address, why: '' }
  return { describeOn: describe.skip, address: '', why: ' (skipped: PAIKEA_TEST_TEMPORAL_ADDRESS names no server)' }
}
