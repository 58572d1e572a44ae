import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

/** A span as it came. */
export interface ReceivedSpan {
  readonly service: string
  readonly role: string
  readonly traceId: string
  readonly spanId: string
  /** Empty: the trace begins with it. */
  readonly parentSpanId: string
  readonly name: string
  readonly durationMs: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** Traces it is linked with. */
  readonly links: readonly string[]
}

/** A collector that takes OTLP over HTTP as JSON. */
export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** All that came, as one text: for asserting what must not be in it. */
  received(): string
  readonly headers: readonly IncomingHttpHeaders[]
  /** Requests that were taken and not answered. */
  readonly open: number
  close(): Promise<void>
}

/** Starts one. @param options.answers `false`: it takes connections and never answers */
export async function startOtlpReceiver({ answers = true } = {}): Promise<OtlpReceiver> {
  const bodies: string[] = []
  const spans: ReceivedSpan[] = []
  const headers: IncomingHttpHeaders[] = []
  let open = 0
  const server = createServer((req, res) => {
    open += 1
    res.once('close', () => (open -= 1))
    headers.push(req.headers)
    let body = ''
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    req.once('end', () => {
      if (!answers) return
      const isTraces = req.method === 'POST' && req.url === '/v1/traces'
      if (isTraces) {
        bodies.push(body)
        spans.push(...readSpans(JSON.parse(body)))
      }
      res.writeHead(isTraces ? 200 : 404, { 'Content-Type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    headers,
    received: () => bodies.join('\n'),
    get open() {
      return open
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly links?: readonly { readonly traceId: string }[]
}

interface WireBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

function readSpans(body: WireBody): ReceivedSpan[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const process = valuesOf(resource.attributes)
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: String(process['service.name']),
        role: String(process['paikea.role']),
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        attributes: valuesOf(span.attributes),
        links: (span.links ?? []).map(({ traceId }) => traceId),
      })),
    )
  })
}

/** Each value stands under the name of its type. */
function valuesOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
