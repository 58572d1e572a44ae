import { encodeRockstarPosition } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'

import { formatted, NO_FORMAT } from '../formatted.ts'
import { NOT_CONFIGURED } from '../target.ts'
import type { Formatted, MessageToFormat, Target } from '../target.ts'
import { vendorWords } from '../vendor-words.ts'

const COMMANDS: ReadonlySet<string> = new Set(['PK005', 'PK006', 'PK007'])

/** A RockSTAR tracker: a person reads a line of text. */
export const rockstar: Target = {
  kind: 'rockstar',
  keyOf: ({ serial }) => (serial === null ? null : `rockstar/${serial}`),
  format: formatForReader,
  creditsFor: (payload) => creditsFor(payload.byteLength),
  words: vendorWords,
  createSend:
    ({ rockStarSender }) =>
    async ({ serial, text }) => {
      if (rockStarSender === null || serial === null) return NOT_CONFIGURED
      return rockStarSender.sendMessage({ serial, text })
    },
}

function formatForReader({ messageType, subject }: MessageToFormat): Formatted {
  const isCommand = messageType !== null && COMMANDS.has(messageType)
  if (isCommand || subject.kind !== 'position') return NO_FORMAT
  return formatted(encodeRockstarPosition(subject))
}
