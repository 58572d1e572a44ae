import type { Log } from '@paikea/domain'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

/** A collector that is away is told of once in so long. */
const PAUSE_MS = 60_000

/** An exporter whose failures are logged, and go no further. */
export interface WatchedExporter extends SpanExporter {
  /** The last batch was not taken. */
  isFailing(): boolean
}

/**
 * Notes what becomes of each batch. A collector that does not answer is no business of whoever waits for a request:
 * a line a minute, and its spans are lost.
 *
 * @param place the collector without path, user and password
 */
export function watchExporter(
  exporter: SpanExporter,
  {
    log,
    place,
    now = () => performance.now(),
  }: { readonly log: Log; readonly place: string; readonly now?: () => number },
): WatchedExporter {
  let toldAt = Number.NEGATIVE_INFINITY
  let lost = 0
  let isFailing = false

  function failed(spans: number, error: unknown): void {
    isFailing = true
    lost += spans
    if (now() - toldAt < PAUSE_MS) return
    toldAt = now()
    log.warn('traces.not-sent', { collector: place, reason: reasonOf(error), spans: lost })
    lost = 0
  }

  return {
    isFailing: () => isFailing,
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        if (result.error === undefined && result.code === 0) isFailing = false
        else failed(spans.length, result.error)
        // Not the SDK's business either: it would print it.
        done({ code: 0 })
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}

/** The code alone: an answer's text could repeat what it was sent. */
function reasonOf(error: unknown): string {
  const { code, name } =
    error instanceof Error ? (error as Error & { code?: unknown }) : { code: null, name: 'unknown' }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : name
}
