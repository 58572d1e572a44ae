import { createWorkFigures, WORK_HISTOGRAMS, type WorkFigures } from '@paikea/delivery'
import { Histogram, Registry } from 'prom-client'

/** Metrics of the worker in this process, shared by every API in it. Created once. */
export const WORK_REGISTRY = new Registry()

let figures: WorkFigures | null = null

/** Histograms of a worker running beside an API, served at the API's `/metrics`. */
export function workFigures(): WorkFigures {
  return (figures ??= createFigures(WORK_REGISTRY))
}

function createFigures(registry: Registry): WorkFigures {
  const histogram = ({ name, help, labels, buckets }: (typeof WORK_HISTOGRAMS)[keyof typeof WORK_HISTOGRAMS]) =>
    new Histogram<string>({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] })
  const histograms = {
    acted: histogram(WORK_HISTOGRAMS.acted),
    attempted: histogram(WORK_HISTOGRAMS.attempted),
    finished: histogram(WORK_HISTOGRAMS.finished),
  }
  return createWorkFigures((name, seconds, labels) => histograms[name].observe(labels, seconds))
}
