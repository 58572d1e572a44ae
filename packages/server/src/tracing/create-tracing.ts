import { hostname } from 'node:os'
import {
  type Attributes,
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Log, Span, SpanAttributes, TraceSubject } from '@paikea/domain'
import type { TraceSettings } from '../config/load-config.ts'
import type { Tracing } from './start-tracing.ts'
import { traceIdsOf } from './trace-ids.ts'
import { watchExporter } from './watched-exporter.ts'

/** Nobody who stops a process waits longer for a collector. */
const FLUSH_MS = 1_000
/** A collector that takes longer has not taken it. */
const EXPORT_MS = 5_000

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL }

/** Keeps traces and sends them to the collector, in batches and beside the work. Loaded only where one is configured. */
export function createTracing(
  { url, headers, serviceName, resource, share }: TraceSettings,
  { role, version, log }: { readonly role: string; readonly version: string; readonly log: Log },
): Tracing {
  const exporter = watchExporter(new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_MS }), {
    log,
    place: new URL(url).host,
  })
  const ids = createIds()
  const sampler = new TraceIdRatioBasedSampler(share)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.version': version,
      'service.instance.id': `${hostname()}/${process.pid}`,
      'host.name': hostname(),
      'process.pid': process.pid,
      'paikea.role': role,
      ...resource,
    }),
    sampler,
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('paikea', version)

  /** The span that a trace begins with, whether or not it was kept here: its ids follow from the subject. */
  function rootOf(subject: TraceSubject): SpanContext {
    const { traceId, rootSpanId } = traceIdsOf(subject)
    const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId)
    const isKept = decision === SamplingDecision.RECORD_AND_SAMPLED
    return { traceId, spanId: rootSpanId, traceFlags: isKept ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true }
  }

  function write(span: Span): void {
    const { subject, isRoot = false, links = [], parts = [] } = span
    const root = subject === null ? null : rootOf(subject)
    if (isRoot && root !== null) ids.next(root)
    const parent = isRoot || root === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, root)
    const started = start(span, parent, links)
    for (const part of parts) end(start(part, trace.setSpan(ROOT_CONTEXT, started), []), part)
    end(started, span)
  }

  function start(span: Omit<Span, 'subject'>, parent: Context, links: readonly TraceSubject[]) {
    const options = {
      kind: KINDS[span.kind ?? 'internal'],
      startTime: toTime(span.startedAtMs),
      attributes: toAttributes(span.attributes),
      links: links.map((subject) => ({ context: rootOf(subject) })),
    }
    return tracer.startSpan(span.name, options, parent)
  }

  function end(started: ReturnType<typeof start>, { isError = false, endedAtMs }: Omit<Span, 'subject'>): void {
    if (isError) started.setStatus({ code: SpanStatusCode.ERROR })
    started.end(toTime(endedAtMs))
  }

  return {
    traces: {
      span(span) {
        try {
          write(span)
        } catch (error) {
          // Whoever works must never feel that it is being watched.
          log.warn('traces.not-kept', { name: span.name, error: String(error) })
        }
      },
      fields: (subject) => ({ traceId: traceIdsOf(subject).traceId }),
    },
    async stop() {
      const closing = provider.shutdown().catch(() => undefined)
      // What did not answer the last time will not now.
      if (exporter.isFailing()) return
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_MS)))
      await Promise.race([closing, late])
      clearTimeout(timer)
    },
  }
}

/** Random ids, but for the span that a trace with a subject begins with. */
function createIds(): IdGenerator & { next(ids: Pick<SpanContext, 'traceId' | 'spanId'>): void } {
  const random = new RandomIdGenerator()
  let given: Pick<SpanContext, 'traceId' | 'spanId'> | null = null
  return {
    next: (ids) => void (given = ids),
    // The tracer asks for the span's id first, and for the trace's where there is no parent.
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    generateTraceId() {
      const traceId = given?.traceId ?? random.generateTraceId()
      given = null
      return traceId
    },
  }
}

/** In the form that the SDK takes for nothing but a time of the calendar. */
function toTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)]
}

function toAttributes(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter((entry) => entry[1] !== null)) as Attributes
}
