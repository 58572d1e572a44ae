import type { SendResult } from './send-result.ts'

/**
 * Whether a program may retry the same message automatically: a second, billed copy is impossible or very unlikely.
 *
 * The services know no reference of the caller's, so nothing else protects against doubles. One small risk is taken: after
 * a 5xx (`server-error`) the message was very probably not accepted, which nobody can be certain of; it is repeated like the
 * vendor's code 99. Who would rather not, asks a person where `reason` is `'server-error'`.
 */
export function mayRepeat(result: SendResult): boolean {
  switch (result.outcome) {
    // It is there: again would be twice.
    case 'sent':
      return false
    // The answer would be the same until a person changes the account or the message.
    case 'rejected':
      return false
    // The vendor said that it did not take it, never heard of it, or failed (5xx), very probably before it took it.
    case 'try-later':
      return true
    // It may have it. Only a person, or a report from the device, can tell.
    case 'unknown':
      return false
  }
}
