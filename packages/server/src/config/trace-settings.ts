import { z } from 'zod'
import { httpUrl } from './parsers.ts'
import { open, secret } from './setting.ts'

/** `name=value` pairs behind commas, percent-encoded, as OpenTelemetry's variables hold them. */
const pairs = z.string().transform((text, context) => {
  const found: Record<string, string> = {}
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    const name = part.slice(0, Math.max(at, 0)).trim()
    const value = decoded(part.slice(at + 1).trim())
    if (!/^[\w.-]+$/.test(name) || value === null) {
      context.issues.push({ code: 'custom', message: 'must be name=value pairs, comma-separated', input: undefined })
      return z.NEVER
    }
    found[name] = value
  }
  return found
})

function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text)
    return /^[\t\x20-\x7e]*$/.test(value) ? value : null
  } catch {
    return null
  }
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** The standard variables of OpenTelemetry that Paikea reads. */
export const TRACES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: open(
    httpUrl.optional(),
    'Base URL of an OpenTelemetry collector that receives traces by OTLP over HTTP, as JSON, at /v1/traces. Without it, no traces are kept and no library for them is loaded.',
    'http://127.0.0.1:4318',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    pairs.default({}),
    'Headers that the collector asks for: name=value, comma-separated, percent-encoded.',
    'Authorization=Bearer%20token',
  ),
  OTEL_SERVICE_NAME: open(
    z.string().max(100, 'is too long').default('paikea'),
    'Name of this service in traces.',
    'paikea',
  ),
  OTEL_RESOURCE_ATTRIBUTES: open(
    pairs.default({}),
    'More about this process, for traces: name=value, comma-separated. None by default.',
    'deployment.environment.name=production',
  ),
  OTEL_TRACES_SAMPLER: open(
    z.enum(SAMPLERS, `must be one of ${SAMPLERS.join(', ')}`).default('parentbased_always_on'),
    "Which traces are kept: always_on, always_off, or traceidratio with OTEL_TRACES_SAMPLER_ARG; parentbased_ before it changes nothing, because Paikea continues nobody else's trace. A message and its deliveries are kept or left out together, in all processes.",
    'parentbased_always_on',
  ),
  OTEL_TRACES_SAMPLER_ARG: open(
    z
      .string()
      .transform(Number)
      .refine((share) => share >= 0 && share <= 1, 'must be a number from 0 to 1')
      .default(1),
    'Share of the traces that traceidratio keeps, from 0 to 1.',
    '0.1',
  ),
  OTEL_SDK_DISABLED: open(
    z.enum(['true', 'false'], 'must be true or false').default('false'),
    'true: no traces, whatever else is set.',
    'false',
  ),
}
