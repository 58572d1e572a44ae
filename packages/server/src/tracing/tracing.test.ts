import { deliverySubject, type LogFields, messageSubject, SILENT_LOG, type Span } from '@paikea/domain'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import { type OtlpReceiver, startOtlpReceiver } from '../../test/otlp-receiver.ts'
import { until } from '../../test/until.ts'
import { loadConfig } from '../config/load-config.ts'
import { startTracing } from './start-tracing.ts'
import { traceIdsOf } from './trace-ids.ts'
import { watchExporter } from './watched-exporter.ts'

const at = { startedAtMs: 1_764_000_000_000.25, endedAtMs: 1_764_000_000_012.75 }
const root = (subject: string): Span => ({
  name: 'POST /x',
  kind: 'server',
  subject,
  isRoot: true,
  attributes: {},
  ...at,
})
const child = (subject: string): Span => ({ name: 'work', subject, attributes: {}, ...at })

function start(url: string, env: Record<string, string> = {}, log = SILENT_LOG) {
  const { traces } = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env })
  return startTracing(traces, { role: 'api', version: '1', log })
}

describe('traces', () => {
  let collector: OtlpReceiver
  beforeEach(async () => {
    collector = await startOtlpReceiver()
  })
  afterEach(() => collector.close())

  it('join the spans of separate processes for one message, by its key alone', async () => {
    const key = 'r/300234010753370/17'
    const [api, worker] = [
      await start(`${collector.url}/`, { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20of-the-collector' }),
      await start(collector.url, { OTEL_SERVICE_NAME: 'buoys', OTEL_RESOURCE_ATTRIBUTES: 'region=north%20sea' }),
    ]
    worker.traces.span({
      ...child(deliverySubject({ outboundId: 4, createdAt: new Date(0), messageKey: key })),
      name: 'deliver',
      parts: [{ name: 'send modem', kind: 'client', isError: true, attributes: { status: 503, reason: null }, ...at }],
    })
    api.traces.span(root(messageSubject(key)))
    api.traces.span({ ...child(messageSubject('another')), subject: null, links: [messageSubject(key)] })
    await Promise.all([api.stop(), worker.stop()])
    const { traceId, rootSpanId } = traceIdsOf(messageSubject(key))
    const spans = new Map(collector.spans.map((span) => [span.name, span]))
    expect(spans.get('POST /x')).toMatchObject({ service: 'paikea', traceId, spanId: rootSpanId, parentSpanId: '' })
    const deliver = spans.get('deliver')
    expect(deliver).toMatchObject({ service: 'buoys', traceId, parentSpanId: rootSpanId, durationMs: 12.5 })
    expect(spans.get('send modem')).toMatchObject({
      traceId,
      parentSpanId: deliver?.spanId,
      attributes: { status: 503 },
    })
    expect(spans.get('work')).toMatchObject({ parentSpanId: '', links: [traceId] })
    expect(spans.get('work')?.traceId).not.toBe(traceId)
    expect(api.traces.fields(messageSubject(key))).toEqual({ traceId })
    expect(new Set(collector.headers.map((headers) => headers.authorization))).toEqual(
      new Set(['Bearer of-the-collector', undefined]),
    )
    expect(collector.received()).toContain('north sea')
    expect(collector.received()).not.toContain('300234010753370')
  })

  it('are sampled whole or not at all', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }
    const tracing = await start(collector.url, env)
    const subjects = Array.from({ length: 64 }, (_, index) => messageSubject(String(index)))
    for (const subject of subjects) [child, root].forEach((make) => tracing.traces.span(make(subject)))
    await tracing.stop()
    const counts = subjects.map((subject) => {
      const { traceId } = traceIdsOf(subject)
      return collector.spans.filter((span) => span.traceId === traceId).length
    })
    expect(new Set(counts)).toEqual(new Set([0, 2]))
  })

  it('do not delay a stop when the collector hangs', async () => {
    await collector.close()
    collector = await startOtlpReceiver({ answers: false })
    const tracing = await start(collector.url)
    tracing.traces.span(root(messageSubject('1')))
    await tracing.stop()
    // It is still being asked, or about to be: whoever stopped did not wait for the end of that.
    await until(() => collector.open === 1)
  })
})

describe('a collector that refuses spans', () => {
  it('is logged at most once a minute, without payload or credentials', () => {
    const lines: (LogFields | undefined)[] = []
    const log = { ...SILENT_LOG, warn: (event: string, fields?: LogFields) => void lines.push({ event, ...fields }) }
    const refusal = Object.assign(new Error('Bearer secret'), { code: 401, data: 'secret' })
    const results = [refusal, refusal, refusal, null, refusal]
    const exporter: SpanExporter = {
      export: (_spans, done) => {
        const error = results.shift() ?? null
        done(error === null ? { code: 0 } : { code: 1, error })
      },
      shutdown: () => Promise.resolve(),
    }
    let nowMs = 0
    const watched = watchExporter(exporter, { log, place: 'collector:4318', now: () => nowMs })
    const heard: number[] = []
    const send = (): void => watched.export([], ({ code }) => heard.push(code))
    send()
    send()
    nowMs = 59_999
    send()
    expect(watched.isFailing()).toBe(true)
    send()
    expect(watched.isFailing()).toBe(false)
    expect(lines).toHaveLength(1)
    nowMs = 60_000
    send()
    expect(lines).toEqual(
      Array.from({ length: 2 }, () => ({
        event: 'traces.not-sent',
        collector: 'collector:4318',
        reason: '401',
        spans: 0,
      })),
    )
    expect(heard).toEqual([0, 0, 0, 0, 0])
  })
})

describe('trace settings', () => {
  it('turn traces off when there is no collector or the SDK is disabled', () => {
    expect(loadConfig({ OTEL_SERVICE_NAME: 'x' }).traces).toBeNull()
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }).traces).toBeNull()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/', OTEL_TRACES_SAMPLER: 'always_off' }
    expect(loadConfig(env).traces).toMatchObject({ url: 'http://c/v1/traces', share: 0, headers: {} })
  })

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:hunter2@collector'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=hunter2%0d%0aX-Y:1'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
  ])('refuse a wrong %s without repeating its value', (name, value) => {
    const load = (): unknown => loadConfig({ [name]: value })
    expect(load).toThrow(name)
    expect(load).not.toThrow('hunter2')
  })
})
