/** How long a delivery may wait before it is no longer useful. */
export interface TimeToLive {
  /** @default 6 h */
  readonly positionMs: number
  /** @default 24 h */
  readonly commandMs: number
}

/** An old position misleads; a command still makes sense after a day. */
export const defaultTimeToLive: TimeToLive = { positionMs: 6 * 3_600_000, commandMs: 24 * 3_600_000 }
