/** Codes that the service gives as reasons, in words; what is new is shown as it is. */
export const CODE_WORDS: Readonly<Record<string, string>> = {
  // Why a route sent nothing.
  repeat: 'this was sent already',
  overtaken: 'something newer was sent already',
  implausible: 'its position is not believed',
  'same-target': 'another route sends the same there',
  'own-modem': 'it would go back to where it came from',
  'not-owner': 'the device takes commands from another one',
  'no-format-for-target': 'it cannot be written for that target',
  // Why a device is left out of a roll-out.
  'has-it': 'it runs this release already',
  downgrade: 'it runs a newer one',
  'has-open-job': 'it has an upgrade of its own open',
  gone: 'it is out of use',
  'release-gone': 'the release is gone',
}

/** Words for a code. */
export function codeWords(code: string): string {
  return CODE_WORDS[code] ?? code
}
