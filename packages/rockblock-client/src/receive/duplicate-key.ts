import { encodeHex } from './binary-text.ts'
import type { MoMessage, RockBlockMessage } from './message.ts'
import { sha256 } from './sha256.ts'

const SAFE_ID = /^[A-Za-z0-9_.:-]{1,64}$/
/** 128 bits: enough that no two payloads of one modem, session number and second ever collide. */
const HASH_BYTES = 16
const encoder: TextEncoder = new TextEncoder()

/**
 * The key that identifies a delivery: equal over the vendor's retries, different for anything else.
 *
 * - `rockblock`: `a/<imei>.<momsn>.<time>.<hash of the payload>`. IMEI and MOMSN alone are not safe: the number wraps
 *   after 65,536 sessions and the portal's test deliveries draw it at random. Form and JSON of the same message have
 *   the same key.
 * - `core-push`: `b/<imei>.<id>`, `cloudloop`: `c/<imei>.<id>`; an id of unusual shape is replaced by its hash (`x…`).
 *   A push without an IMEI has `s<serial>` in its place.
 *
 * A device that repeats its payload under a new MOMSN has made a new message: the key differs.
 *
 * @returns at most 120 ASCII characters: the format's letter, a slash, then `[A-Za-z0-9_.:-]`. Ids are case-sensitive.
 */
export async function duplicateKey(message: MoMessage): Promise<string> {
  // Asynchronous although nothing is awaited today: the key may come to need WebCrypto without breaking callers.
  switch (message.format) {
    case 'rockblock':
      return `a/${message.imei}.${message.momsn}.${compactTime(message)}.${hash(message.payload)}`
    case 'core-push':
      return `b/${message.imei ?? `s${safeId(message.serial ?? '')}`}.${safeId(message.id)}`
    case 'cloudloop':
      return `c/${message.imei}.${safeId(message.id)}`
  }
}

/** `20211031T104150Z` */
function compactTime(message: RockBlockMessage): string {
  const iso = message.transmitTime.toISOString()
  const date = iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10)
  return `${date}T${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

function safeId(id: string): string {
  return SAFE_ID.test(id) ? id : `x${hash(encoder.encode(id))}`
}

function hash(bytes: Uint8Array): string {
  return encodeHex(sha256(bytes).subarray(0, HASH_BYTES))
}
