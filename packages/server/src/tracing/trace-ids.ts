import { createHash } from 'node:crypto'
import type { TraceSubject } from '@paikea/domain'

/** The ids of a trace and of the span that it begins with, in hex as OpenTelemetry writes them. */
export interface TraceIds {
  readonly traceId: string
  readonly rootSpanId: string
}

/** Follows from the subject alone: every process finds the same, today and after a restart. */
export function traceIdsOf(subject: TraceSubject): TraceIds {
  const hash = createHash('sha256').update(subject).digest('hex')
  return { traceId: hash.slice(0, 32), rootSpanId: hash.slice(32, 48) }
}
