import { WORK_HISTOGRAMS } from '@paikea/delivery'
import type { Log } from '@paikea/domain'
import type { LogLevel, LogMetadata } from '@temporalio/common'
import { Runtime } from '@temporalio/worker'

/** Buckets for tasks. The SDK's own begin at 0.1 s, where waiting is already too long. */
const TASKS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/** Buckets for the metrics of `meterFigures` by name, and for the SDK's by a part of the name, without its unit. */
const BUCKETS_SECONDS = {
  schedule_to_start_latency: TASKS,
  execution_latency: TASKS,
  ...Object.fromEntries(Object.values(WORK_HISTOGRAMS).map(({ name, buckets }) => [name, [...buckets]])),
}

/**
 * Installs the Temporal SDK's runtime: logs go to `log`, and the process's signals stay with whoever runs the process.
 * Once per process, before the first connection; later calls are ignored.
 *
 * @throws the SDK's error if the metrics address cannot be bound
 */
export function installRuntime(options: {
  readonly log: Log
  /** `host:port` where Prometheus scrapes the SDK's metrics: task latencies, slots, pollers. @default not served */
  readonly metricsAddress?: string | null
}): void {
  // The SDK keeps its runtime for the life of the process, and installing a second one is an error.
  if (Runtime._instance !== undefined) return
  const { log, metricsAddress = null } = options
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const fields = { message, ...readable(meta) }
    if (level === 'ERROR') log.error('temporal', fields)
    else if (level === 'WARN') log.warn('temporal', fields)
    else if (level === 'INFO') log.info('temporal', fields)
  }
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { forward: { level: 'WARN' }, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsAddress === null
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: metricsAddress,
                unitSuffix: true,
                useSecondsForDurations: true,
                histogramBucketOverrides: BUCKETS_SECONDS,
              },
            },
          }),
    },
    shutdownSignals: [],
  })
}

/** The SDK's log fields, without those that may hold payloads. */
function readable(meta: LogMetadata | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(meta ?? {})) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') fields[key] = value
    else if (value instanceof Error) fields[key] = `${value.name}: ${value.message}`
  }
  return fields
}
