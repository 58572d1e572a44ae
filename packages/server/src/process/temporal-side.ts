import { type Log, NO_TRACES, type Traces } from '@paikea/domain'
import type { Envelope } from '@paikea/intake'
import {
  connectLazily,
  createStarter,
  inboundStart,
  inboundWorkflowId,
  signalNames,
  StartError,
  traceStarts,
  type WorkflowStarter,
} from '@paikea/workflows'
import { Client } from '@temporalio/client'
import type { TemporalConfig } from '../config/temporal-config.ts'
import type { TemporalHome } from './temporal-home.ts'
import { createStartProbe } from './start-probe.ts'
import { temporalAddress } from './temporal-address.ts'

/** Non-blocking use of Temporal: starts workflows, wakes them, reports its state. */
export interface TemporalSide {
  readonly client: Client
  readonly starter: WorkflowStarter
  /** Persists an envelope while the database is unavailable. @throws StartError */
  startEnvelope(input: { readonly envelope: Envelope; readonly key: string }): Promise<void>
  /** Wakes a delivery's workflow, best effort. */
  wakeOutbound(workflowId: string): void
  /** Why this Temporal must not be used; `null` if it may. */
  refusal(): string | null
  /** Whether the server responds within a second. */
  isAnswering(): Promise<boolean>
  /** Starts a workflow that leaves nothing behind. @throws the gRPC error if none can be started */
  tryStart(): Promise<void>
  /** When a real workflow start last succeeded and failed, by the process's monotonic clock; minus infinity: never. */
  lastStarts(): { readonly succeededAt: number; readonly failedAt: number }
  close(): Promise<void>
}

const HEALTH_DEADLINE_MS = 1_000

/**
 * Reaches Temporal over a lazy connection, which is available at once and never waits for the server; workflow starts
 * use the worker's connection instead while this process has one (`eagerStarter`). Nothing is started before `home`
 * knows that the server is this store's.
 */
export function createTemporalSide(options: {
  readonly temporal: TemporalConfig
  readonly log: Log
  /** @default none are kept */
  readonly traces?: Traces
  readonly eagerStarter: () => WorkflowStarter | null
  readonly home?: () => Pick<TemporalHome, 'check' | 'isOurs' | 'doubt' | 'refusal'>
}): TemporalSide {
  const { temporal, log, traces = NO_TRACES, eagerStarter, home } = options
  const connection = connectLazily(temporalAddress(temporal))
  const client = new Client({ connection, namespace: temporal.namespace })
  const lazy = createStarter({ client, isEager: false })
  const traced = (starter: WorkflowStarter): WorkflowStarter => traceStarts(starter, traces)
  let succeededAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY
  const noting = async <T>(start: Promise<T>): Promise<T> => {
    try {
      const outcome = await start
      succeededAt = performance.now()
      return outcome
    } catch (error) {
      failedAt = performance.now()
      home?.().doubt()
      throw error
    }
  }
  const starter: WorkflowStarter = {
    async start(workflow) {
      if (home?.().isOurs() === false) await beOurs(home().check())
      return noting(traced(eagerStarter() ?? lazy).start(workflow))
    },
    signal: (...call) => lazy.signal(...call),
  }
  return {
    client,
    starter,
    refusal: () => home?.().refusal() ?? null,
    async startEnvelope({ envelope, key }) {
      // Unlike other starts it cannot be checked: the database is unavailable. Use what is already known.
      const refusal = home?.().refusal() ?? null
      if (refusal !== null) throw new StartError('unavailable', refusal)
      // In a message's path: always use the connection that honours deadlines.
      await noting(traced(lazy).start(inboundStart({ kind: 'envelope', envelope, key }, inboundWorkflowId(key))))
    },
    wakeOutbound(workflowId) {
      lazy.signal(workflowId, signalNames.yourTurn).catch((error: unknown) => {
        log.warn('outbound.not-woken', { workflowId, error: String(error) })
      })
    },
    isAnswering: () =>
      client
        .withDeadline(Date.now() + HEALTH_DEADLINE_MS, () => connection.workflowService.getSystemInfo({}))
        .then(
          () => true,
          () => false,
        ),
    tryStart: createStartProbe({ client, namespace: temporal.namespace }),
    lastStarts: () => ({ succeededAt, failedAt }),
    close: () => connection.close(),
  }
}

/** Turns a refusal to start, because the Temporal is unknown, into the dispatcher's error. */
async function beOurs(check: Promise<void>): Promise<void> {
  try {
    await check
  } catch (cause) {
    throw new StartError('unavailable', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
