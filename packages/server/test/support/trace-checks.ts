import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OtlpReceiver } from '../otlp-receiver.ts'

const modulesNote = join(import.meta.dirname, '../fixtures/loaded-modules.cjs')

/** Lets a process write down at its end what of OpenTelemetry it has loaded. */
export function notingModules(file: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require=${modulesNote}`, LOADED_MODULES_FILE: file }
}

export function loadedModules(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The trace that leads from the vendor's request through its message to the delivery, whoever worked on it. */
export function expectOneTrace({ spans }: OtlpReceiver, roles: readonly string[]): void {
  const request = spans.findLast(({ name, attributes }) => {
    return name === 'POST /rockblock/incoming' && attributes['http.response.status_code'] === 200
  })
  const [first = '', last = ''] = [roles[0], roles.at(-1)]
  const trace = spans.filter(({ traceId }) => traceId === request?.traceId)
  const namesOf = (role: string): string[] => [
    ...new Set(trace.flatMap((span) => (span.role === role ? [span.name] : []))),
  ]
  expect(request).toMatchObject({ role: first, parentSpanId: '' })
  expect(namesOf(first)).toEqual(expect.arrayContaining(['POST /rockblock/incoming', 'accept message']))
  expect(namesOf(last)).toEqual(expect.arrayContaining(['route message', 'deliver', 'send modem']))
  // Whichever process came first.
  expect(trace.map(({ name }) => name)).toContain('start workflow')
  for (const { name, parentSpanId } of trace) {
    const parent = trace.find(({ spanId }) => spanId === parentSpanId)?.name
    expect([name, parent]).toEqual([
      name,
      name === request?.name ? undefined : name === 'send modem' ? 'deliver' : request?.name,
    ])
  }
  expect(trace.find(({ name }) => name === 'send modem')?.attributes).toMatchObject({
    'paikea.target.kind': 'modem',
    'paikea.outcome': 'parked',
    'paikea.reason': 'not-configured',
  })
  expect(
    spans.find(({ name, links }) => name === 'store batch' && links.includes(request?.traceId ?? '')),
  ).toBeDefined()
}

export function traceIdOnLine(log: string): unknown {
  const lines = log.split('\n').filter((line) => /"(?:message\.taken|delivery\.attempted)"/.test(line))
  return (JSON.parse(lines.at(-1) ?? '{}') as { traceId?: unknown }).traceId
}
