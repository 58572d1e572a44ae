/** One message as a receiver got it. */
export interface Receipt {
  /** Our delivery's id, by which a program detects duplicates; `null` if the receiver gets none, as a modem. */
  readonly deliveryId: string | null
  /** Identifies the device's message. */
  readonly key: string
}

/** A position is identified by its latitude: no two messages of a device share one. */
export function keyOf(imei: string, text: string): string | null {
  const latitude = /(?:lat:|PK004,)(\d{4}\.\d{4}),/.exec(text)?.[1]
  return latitude === undefined ? null : `${imei}/${latitude}`
}

/** Stands in for the key of a message that none of our devices sent. */
export function strange(text: string): string {
  return `not ours: ${text.slice(0, 80)}`
}
