/** A text ready to send, or why it must not be sent. */
export type EncodeResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: EncodeProblem }

/** Why something is not encoded: the device would refuse it, misread it or crash. */
export interface EncodeProblem {
  /** For machines; see {@link ENCODE_PROBLEM_CODES}. */
  readonly code: string
  /** The argument at fault. */
  readonly field: string
  /** For people: one sentence. */
  readonly detail: string
}

/** The codes an {@link EncodeProblem} can carry, each with its meaning. */
export const ENCODE_PROBLEM_CODES: Readonly<Record<string, string>> = {
  'unknown-command': 'no command of a device',
  'unknown-generation': 'no generation of the firmware',
  'not-supported': 'this generation of the firmware does not know the command',
  'not-a-boolean': 'neither true nor false',
  'not-an-integer': 'not a whole number: some devices restart on such a command',
  'not-a-number': 'not a finite number',
  'out-of-range': 'the device would refuse or change the value',
  'invalid-date': 'no valid date',
  'not-ascii': 'a device reads printable ASCII only',
  'forbidden-word': "a word the device's modem reader takes for its own modem's answer",
  empty: 'there is nothing to send',
  'too-long': 'more bytes than one message can hold',
}

/** A text that may be sent. */
export function encoded(text: string): EncodeResult {
  return { ok: true, text }
}

/** A refusal. */
export function refused(code: string, field: string, detail: string): { ok: false; problem: EncodeProblem } {
  return { ok: false, problem: { code, field, detail } }
}
