import type { FirmwareWork, UndispatchedFirmware } from '@paikea/database'
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'

import { firmwareWorkflowId } from '../contract/ids.ts'
import { signalNames, taskQueue as defaultTaskQueue, workflowTypes } from '../contract/names.ts'
import { searchAttributeKeys } from '../worker/search-attributes.ts'
import { toStartError } from './start-error.ts'

/** Starts and wakes the workflows about firmware. */
export interface FirmwareStarter {
  /** One that runs already is a success. @throws StartError */
  start(row: UndispatchedFirmware): Promise<void>
  /** One that is gone is no error. @throws StartError */
  wake(work: FirmwareWork, id: number): Promise<void>
}

const TIMEOUT_MS = 5000
/** What is left out where the server does not know our search attributes. */
const WITHOUT_ATTRIBUTES_MS = 60_000

/** Builds the starter over a Temporal client whose connection keeps deadlines. */
export function createFirmwareStarter(options: {
  readonly client: Client
  /** @default 'paikea' */
  readonly taskQueue?: string
}): FirmwareStarter {
  const { client, taskQueue = defaultTaskQueue } = options
  let withoutUntil = 0

  const limited = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + TIMEOUT_MS, call)

  async function start(row: UndispatchedFirmware): Promise<void> {
    const { work, id, iam, label } = row
    const { type, input, summary } = describe(row)
    const hasAttributes = Date.now() >= withoutUntil
    try {
      await limited(() =>
        client.workflow.start(type, {
          taskQueue,
          workflowId: firmwareWorkflowId(work, id),
          args: [input],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: summary,
          memo: { ref: label, device: iam },
          // One at least: it tells the workflow that the attributes are registered.
          ...(hasAttributes
            ? {
                typedSearchAttributes: new TypedSearchAttributes([
                  { key: searchAttributeKeys.device, value: iam ?? 'all' },
                ]),
              }
            : {}),
        }),
      )
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return
      const failure = toStartError(error)
      if (failure.kind !== 'attributes-missing' || !hasAttributes) throw failure
      withoutUntil = Date.now() + WITHOUT_ATTRIBUTES_MS
      await start(row)
    }
  }

  return {
    start,
    async wake(work, id) {
      try {
        await limited(() => client.workflow.getHandle(firmwareWorkflowId(work, id)).signal(signalNames.look))
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return
        const failure = toStartError(error)
        if (failure.kind !== 'not-found') throw failure
      }
    },
  }
}

function describe({ work, id, iam, label }: UndispatchedFirmware): {
  readonly type: string
  readonly input: Readonly<Record<string, unknown>>
  readonly summary: string
} {
  switch (work) {
    case 'release':
      return { type: workflowTypes.firmwareRelease, input: { releaseId: id, ref: label }, summary: `Firmware ${label}` }
    case 'upgrade':
      return {
        type: workflowTypes.deviceUpgrade,
        input: { jobId: id, iam },
        summary: `${iam ?? 'A device'} to ${label}`,
      }
    case 'rollout':
      return { type: workflowTypes.rollOut, input: { rolloutId: id }, summary: `Roll-out of ${label}` }
  }
}
