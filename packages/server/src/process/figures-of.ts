import { workFigures } from '@paikea/api'
import type { WorkFigures } from '@paikea/delivery'
import { meterFigures } from '@paikea/workflows'
import type { Config } from '../config/load-config.ts'
import type { ProcessRole } from './role.ts'

/** Where a process's work metrics are served: at its API's `/metrics`, and at the worker's own address. */
export function figuresOf(
  role: ProcessRole,
  { workerMetricsAddress }: Pick<Config, 'workerMetricsAddress'>,
): WorkFigures {
  const kept = [...(role === 'all' ? [workFigures()] : []), ...(workerMetricsAddress === null ? [] : [meterFigures()])]
  return {
    acted: (seconds) => kept.forEach((one) => one.acted(seconds)),
    attempted: (...figure) => kept.forEach((one) => one.attempted(...figure)),
    finished: (...figure) => kept.forEach((one) => one.finished(...figure)),
  }
}
