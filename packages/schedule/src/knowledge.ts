/** A report as far as the schedule reads it. */
export interface HeardReport {
  /** When the satellite session took place (`transmit_time`). */
  readonly transmittedAt: Date
  /** Time of the GPS fix in the report; null without a fix. */
  readonly fixAt: Date | null
  /** `int` of a PK101: the interval the device says it works at. Null if the packet has none. */
  readonly intervalMinutes: number | null
  /** `sl` of a PK101: the sleep the device is about to begin, whole minutes rounded down. 0 or null: none. */
  readonly sleepMinutes: number | null
}

/** A sleep that was ordered. */
export interface OrderedSleep {
  /** When the device can have begun it at the earliest: the session that fetched the command, or its answer. */
  readonly from: Date
  /** How long it sleeps, seconds. */
  readonly seconds: number
}

/** What is known of one device. All times are UTC. */
export interface DeviceKnowledge {
  /** Firmware generation of a buoy; null if unknown, and for handsets and trackers, which keep no schedule of ours. */
  readonly generation: 'v2' | 'v3' | null
  /** The newest report by time of transmission; null if the device never reported. */
  readonly lastReport: HeardReport | null
  /** The newest sign of life of any kind (a mailbox check, a repeated payload); null if there is none. */
  readonly lastHeardAt: Date | null
  /**
   * The interval a v2 buoy works at, from a command it obeyed or from the spacing of its reports
   * ({@link estimateIntervalMinutes}). Not read for v3, which reports its own.
   */
  readonly intervalMinutes: number | null
  /** A sleep that a v2 buoy fetched: it answers nothing. A v3 buoy announces its own in `sleepMinutes`. */
  readonly orderedSleep: OrderedSleep | null
}

/** Why a report is expected when it is. */
export type ExpectationReason =
  /** v3: the next multiple of the interval from 00:00 UTC. */
  | 'grid'
  /** v3: the first report after a commanded sleep. */
  | 'after-sleep'
  /** v2: one interval after the last report. */
  | 'interval'
  /** v2: the interval was not seen yet, the factory's is taken. */
  | 'factory-interval'

/** When the next report should come. */
export interface Expectation {
  /** The earliest instant. */
  readonly from: Date
  /** A device that has not been heard by then is late. */
  readonly to: Date
  /** A device that has not been heard by then is silent: its retries are over too. */
  readonly silentAfter: Date
  readonly why: ExpectationReason
}
