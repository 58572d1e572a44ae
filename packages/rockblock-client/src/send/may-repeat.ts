import type { SendResult } from './send-result.ts'

/**
 * Whether a program may send the same message again by itself, without the risk of a second, billed copy.
 *
 * The services know no reference of the caller's, so nothing else protects against doubles.
 */
export function mayRepeat(result: SendResult): boolean {
  switch (result.outcome) {
    // It is there: again would be twice.
    case 'sent':
      return false
    // The answer would be the same until a person changes the account or the message.
    case 'rejected':
      return false
    // The vendor said that it did not take it, or never heard of it.
    case 'try-later':
      return true
    // It may have it. Only a person, or a report from the device, can tell.
    case 'unknown':
      return false
  }
}
