import { rejectedHere } from './mt-answer.ts'
import type { MessageRejection } from './send-result.ts'

/**
 * What the vendor would refuse about a message's bytes, found before sending; `null` if nothing.
 *
 * The types require a `Uint8Array`, but a JavaScript caller can pass anything: the hex of a string or of 16-bit numbers
 * would be a different message, sent and billed.
 */
export function checkData(data: unknown, mostBytes: number): MessageRejection | null {
  if (!isBytes(data)) return rejectedHere('not-hex', 'data must be a Uint8Array; not sent')
  if (data.length === 0) return rejectedHere('empty', 'no data; not sent')
  if (data.length > mostBytes) return rejectedHere('too-long', `${data.length} bytes, at most ${mostBytes}; not sent`)
  return null
}

/** By its tag, not by `instanceof`: a `Uint8Array` of another realm (a worker's, a test runner's) counts too. */
function isBytes(data: unknown): data is Uint8Array {
  return ArrayBuffer.isView(data) && Object.prototype.toString.call(data) === '[object Uint8Array]'
}
