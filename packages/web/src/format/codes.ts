import type { Language, Translate } from '../i18n/translate.ts'

/**
 * Words for the service's reason codes. The code itself is shown small beside them; one without words is shown as it
 * is, and fails a test.
 */
export const CODE_WORDS: Readonly<Record<string, string>> = {
  // Why a route sent nothing.
  repeat: 'it was already sent',
  overtaken: 'something newer was already sent',
  implausible: 'its position is not trusted',
  'same-target': 'another route sends the same there',
  'own-modem': 'it would go back to where it came from',
  'not-owner': 'the device accepts commands from another device only',
  'no-format-for-target': 'it cannot be formatted for that target',
  'nothing-to-send': 'there is nothing in it for that target',
  'command-missing': 'its command no longer exists',
  // Why a device is left out of a roll-out.
  'has-it': 'it already runs this release',
  downgrade: 'it runs a newer release',
  'has-open-job': 'it has another open upgrade',
  gone: 'it is retired',
  'release-gone': 'the release no longer exists',
  // Why an inbound message could not be decoded.
  'no-packet-type': 'it is not a message that our devices send',
  'no-separator': 'it ends after its type',
  'not-ascii': 'it contains bytes that are not ASCII',
  'unknown-type': 'its type is unknown',
  'unknown-text': 'it contains unknown text',
  'decoder-threw': 'decoding it failed: a fault of this program',
  'p6-not-read': 'the tracker’s position cannot be read',
  'p6-partly-read': 'part of the tracker’s position cannot be read',
  incomplete: 'the satellite service omitted a required field',
  'missing-field': 'a field is missing',
  'doubled-field': 'it contains a field twice',
  'bad-imei': 'its modem number is not valid',
  'bad-momsn': 'its sequence number is not valid',
  'bad-id': 'its id is not valid',
  'invalid-date': 'its date cannot be read',
  'wrong-content-type': 'it came in an unsupported format',
  'imei-mismatch': 'it contains two different modem numbers',
  'damaged-by-radio': 'the radio damaged it',
  'not-storable': 'it cannot be stored',
  'clock-wrong': 'the clock of the satellite service was wrong',
  'second-command': 'it contains a second command, which has no effect',
  'bytes-not-read': 'some of its bytes have no meaning',
  // Problems of a field.
  missing: 'it is missing',
  malformed: 'it has the wrong format',
  'out-of-range': 'it is out of range',
  'null-island': 'the position is 0, 0: no fix',
  repeated: 'it appears twice',
  'no-key': 'a part has no name',
  'extra-value': 'it has more values than it should',
  'no-date': 'only its time of day is known',
  'not-kept': 'it contains more unknown text than is kept',
  'more-problems': 'there are more problems than listed',
  // Why an outbound message is not where it should be.
  'login-wrong': 'the account’s name or password is wrong',
  'unknown-imei': 'the satellite service does not know this modem',
  'no-line-rental': 'the modem’s line rental is not paid',
  'no-credit': 'the account has no credits left',
  'wrong-address': 'the configured address is not the satellite service',
  'request-refused': 'the receiver refuses it',
  refused: 'the receiver refuses it',
  'not-hex': 'it is not in the required format',
  'too-long': 'it is too long',
  empty: 'it is empty',
  'system-error': 'the satellite service has an internal error',
  'unknown-code': 'the response contains an unknown code',
  'server-error': 'the receiver has an internal error',
  'too-many-requests': 'the receiver accepts no more for now',
  'not-connected': 'the receiver cannot be reached',
  'aborted-before-sending': 'this service stopped before it was sent',
  timeout: 'there was no response in time',
  aborted: 'this service stopped while it was being sent',
  'connection-lost': 'the connection broke before the response',
  'gateway-timeout': 'a gateway on the way timed out',
  'unrecognised-answer': 'the response is not from that service',
  'receiver-gone': 'the receiver wants no more deliveries',
  redirected: 'the receiver redirects to another address',
  'out-of-reach': 'the receiver is at a private address',
  'no-free-slot': 'others go first',
  'sender-threw': 'sending failed: a fault of this program',
  'database-slow': 'the database was too slow',
  'endpoint-gone': 'its endpoint was deleted',
  'endpoint-deleted': 'its endpoint was deleted',
  'not-configured': 'no account is set up for it',
  'no-answer-for-it': 'the queue did not report whether it accepted it',
  'message-loop': 'programs seem to be replying to each other in a loop',
  'no-program': 'only programs can be tested',
  // Why a command is in its state.
  'sleeps-already': 'it is already asleep, or has been told to sleep: a second sleep would begin after the first',
  'newer-command': 'a newer one replaced it',
  'device-refused': 'the device refused it',
  'by-operator': 'a user cancelled it',
  'no-modem': 'the device has no modem',
  'switched-on': 'the device was switched on, which ends it',
  'not-shorter': 'it is not shorter than the interval',
  'unknown-generation': 'the device’s firmware is not known',
  'not-a-buoy': 'only buoys accept it',
}

/** Words for codes that contain a number or a name. */
const FAMILIES: readonly (readonly [beginning: string, words: string])[] = [
  ['airtime-', 'its airtime is used up'],
  ['refused-', 'the receiver refuses it'],
  ['http-', 'the receiver responds with an error'],
  ['econnrefused', 'the receiver cannot be reached'],
  ['enotfound', 'the receiver cannot be reached'],
  ['eai-', 'the receiver cannot be reached'],
  ['ehostunreach', 'the receiver cannot be reached'],
  ['enetunreach', 'the receiver cannot be reached'],
  ['econnreset', 'the connection broke before the response'],
  ['cert-', 'the certificate of the receiver cannot be trusted'],
]

/** Words for a code; the code itself if there are none. */
export function codeWords(code: string): string {
  return CODE_WORDS[code] ?? FAMILIES.find(([beginning]) => code.startsWith(beginning))?.[1] ?? code
}

/** The reason for a state: the service's English detail says more than the words for its code. */
export function reasonText(
  { code, detail = null }: { readonly code: string; readonly detail?: string | null },
  t: Translate,
  language: Language,
): string {
  const words = codeWords(code)
  return language === 'en' || words === code ? (detail ?? words) : t(words)
}

/** The outcome of a send attempt, in words. */
export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  sent: 'the receiver accepted it',
  parked: 'it needs an operator before it can be sent',
  failed: 'it can never be sent',
  'try-later': 'not now: it will be retried',
  unknown: 'it is unknown whether it arrived',
}

/** What admitted a message, in words. */
export const PROOF_WORDS: Readonly<Record<string, string>> = {
  secret: 'the secret in the address',
  token: 'the vendor’s signature',
  'secret+token': 'the secret in the address and the vendor’s signature',
  address: 'the sender’s address',
  import: 'an import of older data',
}
