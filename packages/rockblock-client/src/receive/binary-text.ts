/** Bytes ↔ hex and base64, strict: anything invalid is `null`, never a guess. */

const NOT_A_DIGIT = 255
const BLANK = /\s/
const BLANKS = /\s+/g
const HEX_VALUES: Uint8Array = hexValues()
const HEX_PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hexValues(): Uint8Array {
  const values = new Uint8Array(128).fill(NOT_A_DIGIT)
  for (let digit = 0; digit < 16; digit++) {
    const text = digit.toString(16)
    values[text.charCodeAt(0)] = digit
    values[text.toUpperCase().charCodeAt(0)] = digit
  }
  return values
}

/** Reads hex of either case; `null` if a character is not hex or the count is odd. */
export function decodeHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) {
    const high = HEX_VALUES[text.charCodeAt(2 * at)] ?? NOT_A_DIGIT
    const low = HEX_VALUES[text.charCodeAt(2 * at + 1)] ?? NOT_A_DIGIT
    if (high === NOT_A_DIGIT || low === NOT_A_DIGIT) return null
    bytes[at] = high * 16 + low
  }
  return bytes
}

/**
 * Like `decodeHex`, but allows blanks anywhere: the vendor's documentation prints its own sample that way, and people
 * paste it.
 */
export function decodeSpacedHex(text: string): Uint8Array | null {
  return decodeHex(text) ?? (BLANK.test(text) ? decodeHex(text.replace(BLANKS, '')) : null)
}

/** Writes lower-case hex. */
export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX_PAIRS[byte] ?? ''
  return text
}

/** Reads standard base64 with or without padding; `null` if it is not. */
export function decodeBase64(text: string): Uint8Array | null {
  // atob skips white space and throws on other errors; a vendor's field contains neither.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

/** Reads base64url without padding, as in a token; `null` if it is not. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

/** Writes standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Writes base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
