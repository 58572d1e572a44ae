import type { Log } from '@paikea/domain'
import { availableParallelism } from 'node:os'

import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker'

import type { Activities } from '../activities/create-activities.ts'
import { allTargets, mostBusy, type DeliverInput } from '@paikea/delivery'
import { programsTaskQueue, TASK_QUEUE as defaultTaskQueue, vendorTaskQueue } from '../contract/names.ts'
import { createTaskSlots, type TaskSlotLimits } from './task-slots.ts'
import { loadWorkflowBundle } from './workflow-bundle.ts'

/** Options of a worker. */
export interface WorkerOptions {
  readonly connection: NativeConnection
  readonly activities: Activities
  readonly log: Log
  /** @default 'default' */
  readonly namespace?: string | undefined
  /** @default 'paikea' */
  readonly taskQueue?: string | undefined
  /** At most the database pool's size; on SQLite they queue for the single writer. @default 32 */
  readonly maxConcurrentActivities?: number | undefined
  /** Retries to the vendor per second, over all workers together. @default 5 */
  readonly vendorTriesPerSecond?: number | undefined
  /** @default the bundle built with the package, or one built from source */
  readonly workflowBundle?: WorkflowBundleOption | undefined
}

/** This process's worker. */
export interface RunningWorker {
  /** Rejects if the worker dies on its own: the process should then end and be restarted. */
  readonly done: Promise<void>
  /** Stops taking work, drains for at most 25 s, then resolves. */
  shutdown(): Promise<void>
  state(): string
}

/** Concurrent first attempts, over all target kinds that have their own workflows. */
const SENDS = allTargets()
  .filter(({ triedBy }) => triedBy === 'own')
  .reduce((sum, { limits }) => sum + mostBusy(limits), 0)
/** Concurrent retries to programs and probes: one to a hanging endpoint holds its slot for ten seconds. */
const PROGRAM_TRIES = 128
/** Slots for deliveries that wait for their turn inside the process. */
const WAITING_FOR_TURN = 24
/** Of 24 tasks each may take 0.4 s of a worker's time before the server takes one back. */
const TASKS: TaskSlotLimits = { total: 128, busy: 24, polls: 10 }
const GRACE_MS = 25_000
/**
 * On two processors, shared with the database and Temporal, a second thread gained nothing: 2,000 messages took the
 * same time with one thread, a third more requests were answered meanwhile, and the process used 350 MB instead of 450.
 */
const workflowThreads = availableParallelism() > 2 ? 2 : 1

/**
 * Starts the worker: workflows and activities on the main queue, plus an activity-only worker on the queue of
 * rate-limited retries.
 */
export async function createWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { connection, activities, log } = options
  const namespace = options.namespace ?? 'default'
  const taskQueue = options.taskQueue ?? defaultTaskQueue
  const slots = options.maxConcurrentActivities ?? 32
  const tasks = createTaskSlots(TASKS)
  const main = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    workflowBundle: options.workflowBundle ?? (await loadWorkflowBundle()),
    workflowThreadPoolSize: workflowThreads,
    reuseV8Context: true,
    maxCachedWorkflows: 500,
    tuner: {
      workflowTaskSlotSupplier: tasks.supplier,
      // Enough that no target kind, with all its slots taken, keeps another from its first attempt.
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: slots + WAITING_FOR_TURN + SENDS },
      activityTaskSlotSupplier: { type: 'fixed-size', numSlots: slots },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
    interceptors: {
      activity: [
        ({ info }) => ({
          inbound: info.isLocal ? { execute: (input, next) => tasks.duringLocalActivity(() => next(input)) } : {},
        }),
      ],
    },
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
  // Callers see it by awaiting `done`; this handler keeps an earlier death from ending the process silently.
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
