import type { EncodeResult } from '@paikea/packets'

import type { Formatted } from './target.ts'

/** This type of message cannot be said to this kind of target. */
export const NO_FORMAT: Formatted = { ok: false, reason: 'no-format-for-target' }

/** There is neither a position nor a command in it, or nothing at all. */
export const NOTHING_TO_SEND: Formatted = { ok: false, reason: 'nothing-to-send' }

/** A text of the encoder, or its refusal as field and code. */
export function formatted(result: EncodeResult): Formatted {
  if (!result.ok) return { ok: false, reason: `${result.problem.field}-${result.problem.code}` }
  return { ok: true, text: result.text, payload: new TextEncoder().encode(result.text) }
}
