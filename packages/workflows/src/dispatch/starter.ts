import type { DeliveryCause } from '@paikea/database'
import { inTime, TooLate } from '@paikea/delivery'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import type { SearchAttributePair, SearchAttributeType } from '@temporalio/common'

import { signalNames, taskQueue as defaultTaskQueue, workflowTypes } from '../contract/names.ts'
import type { InboundInput, OutboundInput } from '../contract/inputs.ts'
import { searchAttributeKeys } from '../worker/search-attributes.ts'
import { StartError, toStartError } from './start-error.ts'

/** Starts workflows; starting twice is harmless, and told apart. */
export interface WorkflowStarter {
  /** @throws StartError */
  startInbound(input: InboundInput, workflowId: string): Promise<'started' | 'already'>
  /** The cause is for the reader of Temporal's UI only. @throws StartError */
  startOutbound(input: OutboundInput, workflowId: string, cause: DeliveryCause): Promise<'started' | 'already'>
  /** Wakes a delivery's workflow; one that is gone is no error. @throws StartError */
  wakeOutbound(workflowId: string): Promise<void>
}

/** How a starter reaches Temporal. */
export interface StarterOptions {
  readonly client: Client
  /** @default 'paikea' */
  readonly taskQueue?: string | undefined
  /**
   * Client and worker share one `NativeConnection` in this process: the server then hands the first task over with the
   * answer. Such a connection ignores short deadlines, so the time is kept here.
   */
  readonly isEager: boolean
  /** A start that took longer is taken for "nobody knows". @default 5000 */
  readonly timeoutMs?: number | undefined
}

/**
 * A worker that was killed holds up what it had in hand for so long, and with it the deliveries behind it. Shorter than
 * Temporal's 10 s for messages alone: acting on one a second time changes nothing. A delivery keeps the 10 s, since a
 * process that only stood still for that long, in the middle of a send, would find its own open attempt: unknown.
 */
const inboundTaskTimeoutMs = 5_000
/** How long workflows start without search attributes after the server said it does not know them. */
const withoutAttributesMs = 60_000

/** Builds a starter over a Temporal client. */
export function createStarter(options: StarterOptions): WorkflowStarter {
  const { client, isEager } = options
  const taskQueue = options.taskQueue ?? defaultTaskQueue
  const timeoutMs = options.timeoutMs ?? 5_000
  let attributesMissingUntil = 0

  async function start(spec: {
    readonly type: string
    readonly workflowId: string
    readonly input: InboundInput | OutboundInput
    readonly summary: string
    readonly memo: Readonly<Record<string, unknown>>
    readonly search: SearchValues
    readonly taskTimeoutMs?: number
  }): Promise<'started' | 'already'> {
    const attributes = Date.now() < attributesMissingUntil ? null : attributesOf(spec.search)
    try {
      await limited(() =>
        client.workflow.start(spec.type, {
          taskQueue,
          workflowId: spec.workflowId,
          args: [spec.input],
          // A run that ended may be followed by another: a row that is announced has something left to do (it is acted on a
          // second time, or the tables were restored from a backup), and one that has not costs a look at the database.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: spec.summary,
          memo: { ...spec.memo },
          ...(spec.taskTimeoutMs === undefined ? {} : { workflowTaskTimeout: spec.taskTimeoutMs }),
          ...(attributes === null ? {} : { typedSearchAttributes: attributes }),
          ...(isEager ? { requestEagerStart: true } : {}),
        }),
      )
      return 'started'
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already'
      const failure = toStartError(error)
      if (failure.kind === 'attributes-missing' && attributes !== null) {
        attributesMissingUntil = Date.now() + withoutAttributesMs
        return start(spec)
      }
      throw failure
    }
  }

  /** Ends at the time-out whatever the connection does; the call itself may still arrive. */
  async function limited<Result>(call: () => Promise<Result>): Promise<Result> {
    if (!isEager) return client.withDeadline(Date.now() + timeoutMs, call)
    try {
      return await inTime(call(), timeoutMs)
    } catch (error) {
      throw error instanceof TooLate ? new StartError('ambiguous', error.message) : error
    }
  }

  return {
    startInbound: (input, workflowId) => {
      const imei = input.imei ?? null
      const iam = input.iam ?? null
      return start({
        type: workflowTypes.inboundMessage,
        workflowId,
        input,
        summary: `Message from ${iam ?? imei ?? 'an unknown modem'}`,
        memo: { imei, device: iam, ...(input.kind === 'stored' ? { messageId: input.messageId } : {}) },
        search: { imei, device: iam },
        taskTimeoutMs: inboundTaskTimeoutMs,
      })
    },
    startOutbound: (input, workflowId, cause) => {
      const { outboundId, imei, iam, text } = input
      return start({
        type: workflowTypes.outboundMessage,
        workflowId,
        input,
        summary: `${sourceOf(cause)} to ${iam ?? imei ?? 'a RockSTAR'}: ${text.slice(0, 100)}`,
        memo: {
          ...{ imei, device: iam, text: text.slice(0, 300), outboundId },
          ...{ causeKind: cause.kind, causeMessageId: cause.messageId },
          ...{ sourceImei: cause.imei, sourceDevice: cause.iam },
        },
        search: { imei, device: iam, sourceImei: cause.imei },
      })
    },
    async wakeOutbound(workflowId) {
      try {
        await limited(() => client.workflow.getHandle(workflowId).signal(signalNames.yourTurn))
      } catch (error) {
        const failure = toStartError(error)
        if (failure.kind !== 'not-found') throw failure
      }
    },
  }
}

function sourceOf(cause: DeliveryCause): string {
  return cause.kind === 'person' ? 'Operator' : (cause.iam ?? cause.imei ?? 'Unknown modem')
}

/** What a workflow is found by; what is not known is left out. */
interface SearchValues {
  readonly imei: string | null
  readonly device: string | null
  readonly sourceImei?: string | null
}

function attributesOf({ imei, device, sourceImei = null }: SearchValues): TypedSearchAttributes | null {
  const pairs: SearchAttributePair[] = []
  if (imei !== null) pairs.push({ key: searchAttributeKeys.imei, value: imei } satisfies KeywordPair)
  if (device !== null) pairs.push({ key: searchAttributeKeys.device, value: device } satisfies KeywordPair)
  if (sourceImei !== null) pairs.push({ key: searchAttributeKeys.sourceImei, value: sourceImei } satisfies KeywordPair)
  return pairs.length === 0 ? null : new TypedSearchAttributes(pairs)
}

type KeywordPair = Extract<SearchAttributePair, { key: { type: typeof SearchAttributeType.KEYWORD } }>
