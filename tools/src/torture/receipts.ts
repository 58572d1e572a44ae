/** One message as a receiver got it. */
export interface Receipt {
  /** Our delivery's id, by which a program tells doubles; `null` if the receiver is told none, as a modem. */
  readonly deliveryId: string | null
  /** Which message of which device it is. */
  readonly key: string
}

/** The latitude of a position is its number: no two messages of a device have the same. */
export function keyOf(imei: string, text: string): string | null {
  const latitude = /(?:lat:|PK004,)(\d{4}\.\d{4}),/.exec(text)?.[1]
  return latitude === undefined ? null : `${imei}/${latitude}`
}

/** What stands in for the key of a message that no device of ours sent. */
export function strange(text: string): string {
  return `not ours: ${text.slice(0, 80)}`
}
