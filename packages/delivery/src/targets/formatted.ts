import type { EncodeResult } from '@paikea/packets'

import type { Formatted } from './target.ts'

/** This kind of target cannot express this type of message. */
export const NO_FORMAT: Formatted = { ok: false, reason: 'no-format-for-target' }

/** It contains no position and no command, or nothing at all. */
export const NOTHING_TO_SEND: Formatted = { ok: false, reason: 'nothing-to-send' }

/** The encoder's text, or its refusal as field and code. */
export function formatted(result: EncodeResult): Formatted {
  if (!result.ok) return { ok: false, reason: `${result.problem.field}-${result.problem.code}` }
  return { ok: true, text: result.text, payload: new TextEncoder().encode(result.text) }
}
