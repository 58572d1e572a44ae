import { type Span, timeSpan, type Traces } from '@paikea/domain'
import type { OutboundTurn } from '@paikea/database'

import type { AttemptRecord, DeliverStep } from './outcome.ts'

/** The trace of one look at a delivery, including the send it may lead to. */
export interface LookTrace {
  /** The delivery that is looked at. */
  found(row: OutboundTurn): void
  /** A send ended. */
  attempted(record: AttemptRecord): void
  /** The result of the look; `null` if it failed. */
  ended(step: DeliverStep | null): void
}

/** Starts the trace of a look. */
export function beginLookTrace(traces: Traces): LookTrace {
  const time = timeSpan()
  const parts: NonNullable<Span['parts']>[number][] = []
  let found: OutboundTurn | null = null
  return {
    found: (row) => void (found = row),
    attempted(record) {
      if (found === null) return
      const { endedAtMs } = time()
      parts.push({
        name: `send ${found.targetKind}`,
        kind: 'client',
        startedAtMs: endedAtMs - (record.latencyMs ?? 0),
        endedAtMs,
        isError: record.outcome !== 'sent',
        attributes: {
          'paikea.target.kind': found.targetKind,
          'paikea.delivery.id': found.outboundId,
          'paikea.attempt': record.attempt,
          'paikea.outcome': record.outcome,
          'paikea.reason': record.reasonCode,
          'paikea.answer.status': record.status ?? null,
        },
      })
    },
    ended(step) {
      if (found === null) return
      const { outboundId, targetKind, causeMessageId, subject } = found
      traces.span({
        name: 'deliver',
        subject,
        ...time(),
        isError: step === null || (step.step === 'finished' && step.state === 'failed'),
        attributes: {
          'paikea.delivery.id': outboundId,
          'paikea.message.id': causeMessageId,
          'paikea.target.kind': targetKind,
          'paikea.step': step?.step ?? 'error',
          'paikea.state': step?.step === 'finished' ? step.state : null,
          'paikea.reason': step !== null && 'reason' in step ? step.reason : null,
        },
        parts,
      })
    },
  }
}
