/** Measurements of the work, for metrics. */
export interface WorkFigures {
  /** A message was acted on this long after it was received. */
  acted(seconds: number): void
  /** An attempt at a delivery ended. */
  attempted(kind: string, outcome: string, seconds: number): void
  /** A delivery was finished this long after it was created. */
  finished(kind: string, state: string, seconds: number): void
}

/** Waiting times: from imperceptible to the days that a modem may sleep. */
const AGE_BUCKETS_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 21_600, 86_400]

/** The histograms behind `WorkFigures`, the same wherever they are kept and served. */
export const WORK_HISTOGRAMS = {
  acted: {
    name: 'paikea_message_age_seconds',
    help: 'Age of a message when it was acted on',
    labels: [],
    buckets: AGE_BUCKETS_SECONDS,
  },
  attempted: {
    name: 'paikea_delivery_attempt_seconds',
    help: 'Time of one try to hand a delivery over, by kind of target and outcome',
    labels: ['kind', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  finished: {
    name: 'paikea_delivery_age_seconds',
    help: 'Age of a delivery when its last try was over, by kind of target and state',
    labels: ['kind', 'state'],
    buckets: AGE_BUCKETS_SECONDS,
  },
} as const

/** Builds `WorkFigures` from one function that records a value in a histogram with its labels. */
export function createWorkFigures(
  record: (name: keyof typeof WORK_HISTOGRAMS, seconds: number, labels: Readonly<Record<string, string>>) => void,
): WorkFigures {
  return {
    acted: (seconds) => record('acted', seconds, {}),
    attempted: (kind, outcome, seconds) => record('attempted', seconds, { kind, outcome }),
    finished: (kind, state, seconds) => record('finished', seconds, { kind, state }),
  }
}
