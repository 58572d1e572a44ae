import { createWorkFigures, WORK_HISTOGRAMS, type WorkFigures } from '@paikea/delivery'
import { Runtime } from '@temporalio/worker'

/** Work metrics, served at the same address as the SDK's own; call `installRuntime` first. */
export function meterFigures(): WorkFigures {
  const meter = Runtime.instance().metricMeter
  const histograms = {
    acted: meter.createHistogram(WORK_HISTOGRAMS.acted.name, 'float'),
    attempted: meter.createHistogram(WORK_HISTOGRAMS.attempted.name, 'float'),
    finished: meter.createHistogram(WORK_HISTOGRAMS.finished.name, 'float'),
  }
  return createWorkFigures((name, seconds, labels) => histograms[name].record(seconds, labels))
}
