/** What people are told of without asking. */
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
  /** A buoy lies on land, or close to it. */
  'came-ashore',
  /** Deliveries to an endpoint wait for an operator. */
  'deliveries-parked',
  /** A level of airtime was passed, or messages are stopped by one. */
  'airtime-budget',
  /** A certificate ends soon: ours, or that of a program which gets deliveries. */
  'certificate-ending',
  /** The disk under the data folder fills up. */
  'disk-low',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Where a buoy is meant to stay. */
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
  /** IANA name, as `Pacific/Auckland`. */
  readonly timeZone: string
  /** Told anyway. */
  readonly except: readonly AlertKind[]
}

/** What a group is told, when, and by which way. */
export interface AlertRules {
  /** Kinds the group does not want. */
  readonly off: readonly AlertKind[]
  readonly batteryLowVolts: number
  /** So long may a position repeat. */
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
  // A lithium cell under load: below it is nearly empty.
  batteryLowVolts: 3.5,
  frozenMinutes: 60,
  watchCircles: [],
  // The coast on file is a kilometre or two wrong in places.
  shoreMetres: 1000,
  quietHours: null,
  emails: [],
  endpointIds: [],
}
