import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { WORK_REGISTRY } from './work-figures.ts'

/** Responses take from a millisecond up to the time limit. */
const ANSWER_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** This process's metrics for Prometheus. */
export interface Metrics {
  /** Records how long a response took, by route and status. */
  answered(labels: { readonly method: string; readonly route: string; readonly status: number }, seconds: number): void
  /** Records how long one of the vendor's deliveries took. */
  delivered(status: number, seconds: number): void
  /**
   * Renders the Prometheus text format. @param counts nested by subject; `byState` numbers carry their state as a label
   */
  write(counts: Readonly<Record<string, unknown>>, states: readonly StateCount[]): Promise<string>
}

/** A gauge with one label: how many things are in a state. */
export interface StateCount {
  /** `deliveries`, `alerts_open` */
  readonly name: string
  readonly help: string
  readonly label: string
  readonly counts: ReadonlyMap<string, number>
}

/** Process-wide metrics: memory, event loop, garbage collection, open files. Created once. */
let ofProcess: Registry | null = null

function processRegistry(): Registry {
  if (ofProcess === null) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess, prefix: 'paikea_' })
  }
  return ofProcess
}

/** Creates the metrics of one API. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const answers = new Histogram({
    name: 'paikea_http_answer_seconds',
    help: 'Time from request to response, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: ANSWER_BUCKETS_SECONDS,
    registers: [registry],
  })
  const deliveries = new Histogram({
    name: 'paikea_webhook_answer_seconds',
    help: "Time from the vendor's request to its response; a 200 means the message is durable",
    labelNames: ['status'],
    buckets: ANSWER_BUCKETS_SECONDS,
    registers: [registry],
  })
  return {
    answered: ({ method, route, status }, seconds) =>
      answers.observe({ method, route, status: String(status) }, seconds),
    delivered: (status, seconds) => deliveries.observe({ status: String(status) }, seconds),
    async write(counts, states) {
      const moment = new Registry()
      for (const [name, value] of flatten('paikea', counts)) {
        new Gauge({ name, help: name, registers: [moment] }).set(value)
      }
      for (const { name, help, label, counts: values } of states) {
        const gauge = new Gauge({ name: `paikea_${name}`, help, labelNames: [label], registers: [moment] })
        for (const [state, count] of values) gauge.set({ [label]: state }, count)
      }
      return Registry.merge([registry, WORK_REGISTRY, processRegistry(), moment]).metrics()
    },
  }
}

/**
 * `{ intake: { batchesWritten: 3 } }` becomes `paikea_intake_batches_written` 3; values that are not numbers are left
 * out.
 */
export function flatten(prefix: string, value: unknown): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [[prefix, value]] : []
  if (typeof value === 'boolean') return [[prefix, value ? 1 : 0]]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => flatten(`${prefix}_${snakeCase(name)}`, inner))
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
