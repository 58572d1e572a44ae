import type { SendResult } from './send-result.ts'

/**
 * Whether a program may retry the same message automatically: a second, billed copy is impossible or very unlikely.
 *
 * The services accept no client reference, so nothing else protects against duplicates. One small risk is taken: after
 * a 5xx (`server-error`) the message was very probably, but not certainly, not accepted; it is repeated like the
 * vendor's code 99. To avoid even that, ask a person if `reason` is `'server-error'`.
 */
export function mayRepeat(result: SendResult): boolean {
  switch (result.outcome) {
    // It was accepted: a repeat would send it twice.
    case 'sent':
      return false
    // The response would be the same until someone changes the account or the message.
    case 'rejected':
      return false
    // The vendor said that it did not accept it, was never reached, or failed (5xx), very probably before accepting it.
    case 'try-later':
      return true
    // The vendor may have it. Only a person, or a report from the device, can tell.
    case 'unknown':
      return false
  }
}
