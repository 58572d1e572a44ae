import type { Language, Translate } from '../i18n/translate.ts'

/**
 * Words for the service's reason codes. The code itself is shown small beside them; one without words is shown as it
 * is, and fails a test.
 */
export const CODE_WORDS: Readonly<Record<string, string>> = {
  // Why a route sent nothing.
  repeat: 'this was sent already',
  overtaken: 'something newer was sent already',
  implausible: 'its position is not believed',
  'same-target': 'another route sends the same there',
  'own-modem': 'it would go back to where it came from',
  'not-owner': 'the device takes commands from another one',
  'no-format-for-target': 'it cannot be written for that target',
  'nothing-to-send': 'there is nothing in it for that target',
  'command-missing': 'its command is gone',
  // Why a device is left out of a roll-out.
  'has-it': 'it runs this release already',
  downgrade: 'it runs a newer one',
  'has-open-job': 'it has an upgrade of its own open',
  gone: 'it is out of use',
  'release-gone': 'the release is gone',
  // Why an inbound message could not be decoded.
  'no-packet-type': 'it is none of the messages that our devices send',
  'no-separator': 'it breaks off after its type',
  'not-ascii': 'it holds bytes that are no letters',
  'unknown-type': 'nobody knows its type',
  'unknown-text': 'it holds text that nobody knows',
  'decoder-threw': 'reading it failed: a fault of this program',
  'p6-not-read': 'the position of the tracker cannot be read',
  'p6-partly-read': 'a part of the tracker’s position cannot be read',
  incomplete: 'the satellite service left out what it needs',
  'missing-field': 'a field is missing',
  'doubled-field': 'a field stands in it twice',
  'bad-imei': 'its modem number is not one',
  'bad-momsn': 'its sequence number is not one',
  'bad-id': 'its number is not one',
  'invalid-date': 'its date cannot be read',
  'wrong-content-type': 'it came in a form that is not read here',
  'imei-mismatch': 'two modem numbers in it differ',
  'damaged-by-radio': 'the radio damaged it',
  'not-storable': 'it cannot be stored',
  'clock-wrong': 'the clock of the satellite service was wrong',
  'second-command': 'it holds a second command, which counts for nothing',
  'bytes-not-read': 'some of its bytes mean nothing',
  // Problems of a field.
  missing: 'it is missing',
  malformed: 'it has not the right form',
  'out-of-range': 'it cannot be true',
  'null-island': 'the position is 0, 0: no fix',
  repeated: 'it stands there twice',
  'no-key': 'a part has no name',
  'extra-value': 'it has more values than it should',
  'no-date': 'only its time of day is known',
  'not-kept': 'it holds more unknown text than is kept',
  'more-problems': 'more is wrong than is listed',
  // Why an outbound message is not where it should be.
  'login-wrong': 'the account’s name or password is wrong',
  'unknown-imei': 'the satellite service does not know this modem',
  'no-line-rental': 'the modem’s line rental is not paid',
  'no-credit': 'the account has no credits left',
  'wrong-address': 'the configured address is not the satellite service',
  'request-refused': 'the other side refuses it',
  refused: 'the other side refuses it',
  'not-hex': 'it is not written as it must be',
  'too-long': 'it is too long',
  empty: 'it is empty',
  'system-error': 'the satellite service has a fault of its own',
  'unknown-code': 'the answer says something new',
  'server-error': 'the other side has a fault of its own',
  'too-many-requests': 'the other side takes no more for now',
  'not-connected': 'the other side cannot be reached',
  'aborted-before-sending': 'this service ended before it went out',
  timeout: 'there was no answer in time',
  aborted: 'this service ended while it went out',
  'connection-lost': 'the connection broke before the answer',
  'gateway-timeout': 'a machine on the way gave up waiting',
  'unrecognised-answer': 'the answer is not one of that service',
  'no-free-slot': 'others go first',
  'sender-threw': 'sending failed: a fault of this program',
  'database-slow': 'the database was too slow',
  'endpoint-gone': 'its endpoint was deleted',
  'endpoint-deleted': 'its endpoint was deleted',
  'not-configured': 'no account is set up for it',
  'no-answer-for-it': 'the queue did not say what became of it',
  'message-loop': 'programs seem to answer each other',
  'no-program': 'only programs can be tried',
  // Why a command is in its state.
  'sleeps-already': 'it sleeps already, or is told to: a second sleep would begin after the first',
  'newer-command': 'a newer one took its place',
  'device-refused': 'the device refused it',
  'by-operator': 'a person called it off',
  'no-modem': 'the device has no modem',
  'switched-on': 'the device was switched on, which ends it',
  'not-shorter': 'it is not shorter than the interval',
  'unknown-generation': 'nobody knows which firmware the device has',
  'not-a-buoy': 'only buoys take it',
}

/** Words for codes that contain a number or a name. */
const FAMILIES: readonly (readonly [beginning: string, words: string])[] = [
  ['airtime-', 'its airtime is used up'],
  ['refused-', 'the other side refuses it'],
  ['http-', 'the other side answers with an error'],
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
  sent: 'the other side took it',
  parked: 'it needs a person before it can go',
  failed: 'it can never go',
  'try-later': 'not now: it is tried again',
  unknown: 'nobody knows whether it arrived',
}

/** What admitted a message, in words. */
export const PROOF_WORDS: Readonly<Record<string, string>> = {
  secret: 'the secret in the address',
  token: 'the vendor’s signature',
  'secret+token': 'the secret in the address and the vendor’s signature',
  address: 'the sender’s address',
  import: 'an import of older data',
}
