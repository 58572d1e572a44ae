import { encoded, refused, type EncodeResult } from './encode-result.ts'

/** The most bytes one mobile-terminated SBD message holds. */
export const MT_MAX_BYTES = 270

const FORBIDDEN_WORDS = ['OK', 'ERROR', 'READY'] as const
const NOT_PRINTABLE = /[^\x20-\x7e]/

/**
 * Checks a text that a user wrote for a device. Never admits `OK`, `ERROR` or `READY`: the device's modem driver takes
 * them for its own modem's replies and loses the message and the session.
 */
export function checkDeviceText(text: string): EncodeResult {
  if (text === '') return refused('empty', 'text', 'there is nothing to send')
  if (NOT_PRINTABLE.test(text)) return refused('not-ascii', 'text', 'a device reads printable ASCII only')
  if (text.length > MT_MAX_BYTES) {
    return refused('too-long', 'text', `the text has ${text.length} bytes, one message holds ${MT_MAX_BYTES}`)
  }
  const word = findForbiddenWord(text)
  if (word !== null) {
    return refused('forbidden-word', 'text', `"${word}" makes the device lose the message and the session`)
  }
  return encoded(text)
}

/**
 * Finds the word that a device's modem driver would take for a reply of its modem: `OK`, `ERROR` or `READY`; `null` if
 * there is none. Decode binary messages as Latin-1.
 */
export function findForbiddenWord(text: string): string | null {
  return FORBIDDEN_WORDS.find((forbidden) => text.includes(forbidden)) ?? null
}
