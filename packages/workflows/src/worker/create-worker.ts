import type { Log } from '@paikea/domain'
import { availableParallelism } from 'node:os'

import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker'

import type { Activities } from '../activities/create-activities.ts'
import { allTargets, mostBusy, type DeliverInput } from '@paikea/delivery'
import { programsTaskQueue, TASK_QUEUE as defaultTaskQueue, vendorTaskQueue } from '../contract/names.ts'
import { loadWorkflowBundle } from './workflow-bundle.ts'

/** What a worker is made of. */
export interface WorkerOptions {
  readonly connection: NativeConnection
  readonly activities: Activities
  readonly log: Log
  /** @default 'default' */
  readonly namespace?: string | undefined
  /** @default 'paikea' */
  readonly taskQueue?: string | undefined
  /** At most the size of the database's pool; on SQLite they queue for the one writer. @default 32 */
  readonly maxConcurrentActivities?: number | undefined
  /** Second tries towards the vendor, per second, over all workers together. @default 5 */
  readonly vendorTriesPerSecond?: number | undefined
  /** @default the bundle built with the package, or one made from source */
  readonly workflowBundle?: WorkflowBundleOption | undefined
}

/** A worker of this process. */
export interface RunningWorker {
  /** Rejects when the worker died by itself: the process should end and be started again. */
  readonly done: Promise<void>
  /** Takes no new work, lets what runs end (at most 25 s), then resolves. */
  shutdown(): Promise<void>
  state(): string
}

/** First tries that may be under way at once, over all kinds of target that have workflows of their own. */
const SENDS = allTargets()
  .filter(({ triedBy }) => triedBy === 'own')
  .reduce((sum, { limits }) => sum + mostBusy(limits), 0)
/** Later tries of deliveries to programs, and probes: those of endpoints that hang hold their place for ten seconds. */
const PROGRAM_TRIES = 128
/** Deliveries that wait for their turn inside the process hold a slot meanwhile. */
const WAITING_FOR_TURN = 24
const GRACE_MS = 25_000
/**
 * On two processors, which are the database's and Temporal's too, a second thread gave nothing: 2,000 messages were acted on in the same time
 * with one, a third more were answered meanwhile, and the process took 350 MB instead of 450.
 */
const workflowThreads = availableParallelism() > 2 ? 2 : 1

/**
 * Starts the worker: workflows and activities on the main queue, and beside it an activity-only one on the queue of the
 * rate-limited second tries.
 */
export async function createWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { connection, activities, log } = options
  const namespace = options.namespace ?? 'default'
  const taskQueue = options.taskQueue ?? defaultTaskQueue
  const slots = options.maxConcurrentActivities ?? 32
  const main = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    workflowBundle: options.workflowBundle ?? (await loadWorkflowBundle()),
    workflowThreadPoolSize: workflowThreads,
    reuseV8Context: true,
    maxCachedWorkflows: 500,
    maxConcurrentWorkflowTaskExecutions: 64,
    // So many that no kind of target, with all its slots taken, keeps another from its first try.
    maxConcurrentLocalActivityExecutions: slots + WAITING_FOR_TURN + SENDS,
    maxConcurrentActivityTaskExecutions: slots,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 8 },
    stickyQueueScheduleToStartTimeout: '5 s',
    shutdownGraceTime: GRACE_MS,
  })
  const vendor = await Worker.create({
    connection,
    namespace,
    taskQueue: vendorTaskQueue(taskQueue),
    activities: { deliver: (input: DeliverInput) => activities.deliver(input) },
    maxConcurrentActivityTaskExecutions: SENDS,
    maxTaskQueueActivitiesPerSecond: options.vendorTriesPerSecond ?? 5,
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 4 },
    shutdownGraceTime: GRACE_MS,
  })
  const programs = await Worker.create({
    connection,
    namespace,
    taskQueue: programsTaskQueue(taskQueue),
    activities: {
      deliver: (input: DeliverInput) => activities.deliver(input),
      probeEndpoint: (endpointId: number) => activities.probeEndpoint(endpointId),
    },
    maxConcurrentActivityTaskExecutions: PROGRAM_TRIES,
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 4 },
    shutdownGraceTime: GRACE_MS,
  })
  const workers = [main, vendor, programs]
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => undefined)
  // Seen by whoever awaits `done`; this keeps a death before that from ending the process without a word.
  done.catch((error: unknown) => log.error('worker.died', { error: String(error) }))
  return {
    done,
    async shutdown() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await done.catch(() => undefined)
    },
    state: () => main.getState(),
  }
}
