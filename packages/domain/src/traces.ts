import type { LogFields } from './log.ts'

/**
 * What a trace is about: a message, by its unique key, or a delivery that no message caused. The ids of a trace follow
 * from it, so every process that works on one finds the trace without being told.
 */
export type TraceSubject = string

/** The trace of a message: its request, what was done with it, and its deliveries. */
export function messageSubject(key: string): TraceSubject {
  return `message/${key}`
}

/** The trace of a delivery: that of the message that caused it, or one of its own. */
export function deliverySubject(delivery: {
  readonly outboundId: number
  readonly createdAt: Date
  /** Of the message that caused it. */
  readonly messageKey: string | null
}): TraceSubject {
  const { outboundId, createdAt, messageKey } = delivery
  // Two installations have the same ids, hardly at the same time.
  return messageKey === null ? `delivery/${outboundId}/${createdAt.getTime()}` : messageSubject(messageKey)
}

/** From when to when a piece of work took, in milliseconds since 1970, with fractions. */
export interface SpanTime {
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/** What a span says of its work. Never a URL, an address, a header, a text or a secret; `null` is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | null>>

/** A piece of work as traces show it, told when it has ended. */
export interface Span extends SpanTime {
  readonly name: string
  /** `null`: a trace of its own. */
  readonly subject: TraceSubject | null
  readonly attributes: SpanAttributes
  /** `server`: answers a request. `client`: asks another party. @default 'internal' */
  readonly kind?: 'server' | 'client' | 'internal'
  /** The trace begins with it; one for each subject. @default false */
  readonly isRoot?: boolean
  /** @default false */
  readonly isError?: boolean
  /** Other traces it has to do with. */
  readonly links?: readonly TraceSubject[]
  /** Parts of it. */
  readonly parts?: readonly Omit<Span, 'subject' | 'isRoot' | 'links' | 'parts'>[]
}

/** Where spans go. */
export interface Traces {
  /** Never throws and never waits. */
  span(span: Span): void
  /** What a log line about this carries. */
  fields(subject: TraceSubject): LogFields
}

/** Keeps nothing: the default of every part. */
export const NO_TRACES: Traces = { span: () => undefined, fields: () => ({}) }

/** The steady clock that every runtime has; this package knows the types of none. */
declare const performance: { now(): number }

/** Begins to time a piece of work. @returns the times up to its call */
export function timeSpan(): () => SpanTime {
  const startedAtMs = Date.now()
  const startMs = performance.now()
  return () => ({ startedAtMs, endedAtMs: startedAtMs + performance.now() - startMs })
}
