import type { WorkFigures } from '@paikea/delivery'
import { Runtime } from '@temporalio/worker'

/** Work metrics, served at the same address as the SDK's own; call `installRuntime` first. */
export function meterFigures(): WorkFigures {
  const meter = Runtime.instance().metricMeter
  const ages = meter.createHistogram('paikea_message_age_seconds', 'float')
  const attempts = meter.createHistogram('paikea_delivery_attempt_seconds', 'float')
  const deliveries = meter.createHistogram('paikea_delivery_age_seconds', 'float')
  return {
    acted: (seconds) => ages.record(seconds),
    attempted: (kind, outcome, seconds) => attempts.record(seconds, { kind, outcome }),
    finished: (kind, state, seconds) => deliveries.record(seconds, { kind, state }),
  }
}
