/** Kinds of alert. */
export const ALERT_KINDS = [
  /** Nothing at all comes from the satellite service, although several buoys are due. */
  'vendor-silent',
  /** A buoy's report and its retries are overdue. */
  'device-silent',
  'battery-low',
  /** The newest messages repeat one position. */
  'position-frozen',
  /** The newest position is too far from the one before it. */
  'position-implausible',
  'left-watch-circle',
  /** A buoy is on land, or close to it. */
  'came-ashore',
  /** Deliveries to an endpoint wait for an operator. */
  'deliveries-parked',
  /** An airtime level was passed, or messages are stopped by one. */
  'airtime-budget',
  /** A certificate expires soon: ours, or that of a program that receives deliveries. */
  'certificate-ending',
  /** The disk under the data folder is filling up. */
  'disk-low',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Where a buoy should stay. */
export interface WatchCircle {
  readonly iam: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly radiusMetres: number
}

/** Quiet hours: times of day without notifications. */
export interface QuietHours {
  /** `HH:MM` */
  readonly from: string
  /** `HH:MM`; before `from` it is on the next day. */
  readonly to: string
  /** IANA name, such as `Pacific/Auckland`. */
  readonly timeZone: string
  /** Sent even during quiet hours. */
  readonly except: readonly AlertKind[]
}

/** A group's alert rules: what, when, and by which channel. */
export interface AlertRules {
  /** Kinds the group has turned off. */
  readonly off: readonly AlertKind[]
  readonly batteryLowVolts: number
  /** How long a position may repeat. */
  readonly frozenMinutes: number
  readonly watchCircles: readonly WatchCircle[]
  /** A buoy closer to the coast than this is coming ashore; 0: only one on land. */
  readonly shoreMetres: number
  readonly quietHours: QuietHours | null
  readonly emails: readonly string[]
  /** Endpoints of the kind `webhook`, of the same group. */
  readonly endpointIds: readonly number[]
}

/** For a group without rules: everything is listed, nobody is notified. */
export const DEFAULT_ALERT_RULES: AlertRules = {
  off: [],
  // A lithium cell under load: below this it is nearly empty.
  batteryLowVolts: 3.5,
  frozenMinutes: 60,
  watchCircles: [],
  // The stored coastline is off by a kilometre or two in places.
  shoreMetres: 1000,
  quietHours: null,
  emails: [],
  endpointIds: [],
}
