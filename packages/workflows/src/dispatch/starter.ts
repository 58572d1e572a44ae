import { inTime, TooLate } from '@paikea/database'
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client'
import { TypedSearchAttributes, type SearchAttributePair, type SearchAttributeType } from '@temporalio/common'

import { TASK_QUEUE as defaultTaskQueue } from '../contract/names.ts'
import { searchAttributeKeys } from '../worker/search-attributes.ts'
import { StartError, toStartError } from './start-error.ts'
import type { SearchValues, WorkflowStart } from './starts.ts'

/** Starts workflows. Idempotent: tells an existing workflow apart. */
export interface WorkflowStarter {
  /** @throws StartError */
  start(workflow: WorkflowStart): Promise<'started' | 'already'>
  /** Signals a workflow; not an error if the workflow has ended. @throws StartError */
  signal(workflowId: string, signal: string): Promise<void>
}

/** How a starter reaches Temporal. */
export interface StarterOptions {
  readonly client: Client
  /** @default 'paikea' */
  readonly taskQueue?: string | undefined
  /**
   * Whether client and worker share this process's `NativeConnection`: the server then returns the first task with the
   * response to the start. Such a connection ignores short deadlines, so the starter enforces its own.
   */
  readonly isEager: boolean
  /** After this the outcome is unknown. @default 5000 */
  readonly timeoutMs?: number | undefined
}

/** How long to start workflows without search attributes after the server has rejected those as unknown. */
const WITHOUT_ATTRIBUTES_MS = 60_000

/** Creates a starter over a Temporal client. */
export function createStarter(options: StarterOptions): WorkflowStarter {
  const { client, isEager } = options
  const taskQueue = options.taskQueue ?? defaultTaskQueue
  const timeoutMs = options.timeoutMs ?? 5_000
  let attributesMissingUntil = 0

  async function start(workflow: WorkflowStart): Promise<'started' | 'already'> {
    const attributes = Date.now() < attributesMissingUntil ? null : attributesOf(workflow.search)
    try {
      await limited(() =>
        client.workflow.start(workflow.type, {
          taskQueue,
          workflowId: workflow.workflowId,
          args: [workflow.input],
          // A new run may follow one that ended: an announced row has work left (a second processing, or tables
          // restored from a backup), and for one that has none it costs a single look at the database.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: workflow.summary,
          memo: { ...workflow.memo },
          ...(workflow.taskTimeoutMs === undefined ? {} : { workflowTaskTimeout: workflow.taskTimeoutMs }),
          ...(attributes === null ? {} : { typedSearchAttributes: attributes }),
          ...(isEager ? { requestEagerStart: true } : {}),
        }),
      )
      return 'started'
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already'
      const failure = toStartError(error)
      if (failure.kind === 'attributes-missing' && attributes !== null) {
        attributesMissingUntil = Date.now() + WITHOUT_ATTRIBUTES_MS
        return start(workflow)
      }
      throw failure
    }
  }

  /** Enforces the time-out whatever the connection does; the call itself may still arrive. */
  async function limited<Result>(call: () => Promise<Result>): Promise<Result> {
    if (!isEager) return client.withDeadline(Date.now() + timeoutMs, call)
    try {
      return await inTime(call(), timeoutMs)
    } catch (error) {
      throw error instanceof TooLate ? new StartError('ambiguous', error.message) : error
    }
  }

  return {
    start,
    async signal(workflowId, signal) {
      try {
        await limited(() => client.workflow.getHandle(workflowId).signal(signal))
      } catch (error) {
        const failure = toStartError(error)
        if (failure.kind !== 'not-found') throw failure
      }
    },
  }
}

function attributesOf({
  imei,
  device,
  sourceImei = null,
  needsOperator = false,
}: SearchValues): TypedSearchAttributes | null {
  const pairs: SearchAttributePair[] = []
  if (imei !== null) pairs.push({ key: searchAttributeKeys.imei, value: imei } satisfies KeywordPair)
  if (device !== null) pairs.push({ key: searchAttributeKeys.device, value: device } satisfies KeywordPair)
  if (sourceImei !== null) pairs.push({ key: searchAttributeKeys.sourceImei, value: sourceImei } satisfies KeywordPair)
  if (needsOperator) pairs.push({ key: searchAttributeKeys.needsOperator, value: true })
  return pairs.length === 0 ? null : new TypedSearchAttributes(pairs)
}

type KeywordPair = Extract<SearchAttributePair, { key: { type: typeof SearchAttributeType.KEYWORD } }>
