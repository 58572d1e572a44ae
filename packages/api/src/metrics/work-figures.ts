import type { WorkFigures } from '@paikea/delivery'
import { Histogram, Registry } from 'prom-client'

/** Waiting times: from imperceptible to the days that a modem may sleep. */
const AGE_BUCKETS_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 21_600, 86_400]
const ATTEMPT_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Metrics of the worker in this process, shared by every API in it. Created once. */
export const WORK_REGISTRY = new Registry()

let figures: WorkFigures | null = null

/** Histograms of a worker running beside an API, served at the API's `/metrics`. */
export function workFigures(): WorkFigures {
  return (figures ??= createFigures(WORK_REGISTRY))
}

function createFigures(registry: Registry): WorkFigures {
  const registers = [registry]
  const messages = new Histogram({
    name: 'paikea_message_age_seconds',
    help: 'Age of a message when it was acted on',
    buckets: AGE_BUCKETS_SECONDS,
    registers,
  })
  const attempts = new Histogram({
    name: 'paikea_delivery_attempt_seconds',
    help: 'Time of one try to hand a delivery over, by kind of target and outcome',
    labelNames: ['kind', 'outcome'],
    buckets: ATTEMPT_BUCKETS_SECONDS,
    registers,
  })
  const deliveries = new Histogram({
    name: 'paikea_delivery_age_seconds',
    help: 'Age of a delivery when its last try was over, by kind of target and state',
    labelNames: ['kind', 'state'],
    buckets: AGE_BUCKETS_SECONDS,
    registers,
  })
  return {
    acted: (seconds) => messages.observe(seconds),
    attempted: (kind, outcome, seconds) => attempts.observe({ kind, outcome }, seconds),
    finished: (kind, state, seconds) => deliveries.observe({ kind, state }, seconds),
  }
}
