import { NO_TRACES, type Log, type Traces } from '@paikea/domain'
import type { TraceSettings } from '../config/load-config.ts'

/** The traces of a process. */
export interface Tracing {
  readonly traces: Traces
  /** Sends what is left, for a second at most. Never fails. */
  stop(): Promise<void>
}

/** Starts to keep traces where a collector is configured. Nothing of OpenTelemetry's is loaded elsewhere. */
export async function startTracing(
  settings: TraceSettings | null,
  options: { readonly role: string; readonly version: string; readonly log: Log },
): Promise<Tracing> {
  if (settings === null) return { traces: NO_TRACES, stop: () => Promise.resolve() }
  const { createTracing } = await import('./create-tracing.ts')
  return createTracing(settings, options)
}
