import type { Log } from '@paikea/domain'
import type { Envelope } from '@paikea/intake'
import {
  connectLazily,
  createStarter,
  inboundStart,
  inboundWorkflowId,
  signalNames,
  StartError,
  type WorkflowStarter,
} from '@paikea/workflows'
import { Client } from '@temporalio/client'
import type { TemporalConfig } from '../config/temporal-config.ts'
import type { TemporalHome } from './temporal-home.ts'
import { createStartProbe } from './start-probe.ts'
import { temporalAddress } from './temporal-address.ts'

/** What a process without waiting does with Temporal: start workflows, wake them, ask how it is. */
export interface TemporalSide {
  readonly client: Client
  readonly starter: WorkflowStarter
  /** Makes an envelope durable while the database is away. @throws StartError */
  startEnvelope(input: { readonly envelope: Envelope; readonly key: string }): Promise<void>
  /** Wakes a delivery's workflow, best effort. */
  wakeOutbound(workflowId: string): void
  /** Why this Temporal may not be worked with; `null` if it may. */
  refusal(): string | null
  /** Whether the server answers within a second. */
  isAnswering(): Promise<boolean>
  /** Starts a workflow that leaves nothing. @throws the gRPC error where none can be started */
  tryStart(): Promise<void>
  /** When a start of a real workflow last succeeded and failed, by the process' steady clock; minus infinity = never. */
  lastStarts(): { readonly succeededAt: number; readonly failedAt: number }
  close(): Promise<void>
}

const HEALTH_DEADLINE_MS = 1_000

/**
 * Reaches Temporal over a lazy connection, which is there at once and never waits for the server; workflow starts go
 * over the worker's connection instead while there is one in this process (`eagerStarter`). Nothing is started before
 * `home` knows the server to be this store's.
 */
export function createTemporalSide(options: {
  readonly temporal: TemporalConfig
  readonly log: Log
  readonly eagerStarter: () => WorkflowStarter | null
  readonly home?: () => Pick<TemporalHome, 'check' | 'isOurs' | 'doubt' | 'refusal'>
}): TemporalSide {
  const { temporal, log, eagerStarter, home } = options
  const connection = connectLazily(temporalAddress(temporal))
  const client = new Client({ connection, namespace: temporal.namespace })
  const lazy = createStarter({ client, isEager: false })
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
      return noting((eagerStarter() ?? lazy).start(workflow))
    },
    signal: (...call) => lazy.signal(...call),
  }
  return {
    client,
    starter,
    refusal: () => home?.().refusal() ?? null,
    async startEnvelope({ envelope, key }) {
      // Unlike other starts it cannot be checked: the database is away. What is known already holds.
      const refusal = home?.().refusal() ?? null
      if (refusal !== null) throw new StartError('unavailable', refusal)
      // On the way of a message: always the connection that keeps its deadlines.
      await noting(lazy.start(inboundStart({ kind: 'envelope', envelope, key }, inboundWorkflowId(key))))
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

/** A start that did not happen because nobody knows whose Temporal it is, in the dispatcher's words. */
async function beOurs(check: Promise<void>): Promise<void> {
  try {
    await check
  } catch (cause) {
    throw new StartError('unavailable', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
