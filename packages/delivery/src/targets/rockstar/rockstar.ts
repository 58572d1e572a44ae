import { encodeRockstarPosition } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'
import { z } from 'zod'

import { formatted, NO_FORMAT, NOTHING_TO_SEND } from '../formatted.ts'
import { defineTarget, NOT_CONFIGURED, type Formatted, type MessageToFormat } from '../target.ts'
import { PARK_ACCOUNT, vendorTimeToLiveMs, vendorWords } from '../vendor.ts'

const COMMANDS: ReadonlySet<string> = new Set(['PK005', 'PK006', 'PK007'])

/** A RockSTAR tracker, which shows a line of text to a person. */
export const rockstar = defineTarget({
  kind: 'rockstar',
  fields: { serial: z.string().regex(/^\d{1,20}$/, 'must be digits') },
  keyOf: ({ serial }) => `rockstar/${serial}`,
  order: 'endpoint',
  addressee: ({ serial }) => ({ imei: null, serial }),
  wants: 'latest',
  triedBy: 'own',
  mayRepeatUnknown: false,
  formats: [],
  timeToLiveMs: vendorTimeToLiveMs,
  format: formatForReader,
  creditsFor: (payload) => creditsFor(payload.byteLength),
  words: vendorWords,
  account: { name: 'RockCORE', parkedBy: PARK_ACCOUNT },
  limits: { atOnce: 16, atOncePerEndpoint: 1, maxWaiting: 8 },
  createSend:
    ({ rockStarSender }) =>
    async ({ serial, text }) => {
      if (rockStarSender === null || serial === null) return NOT_CONFIGURED
      return rockStarSender.sendMessage({ serial, text: text ?? '' })
    },
})

function formatForReader({ messageType, subject }: MessageToFormat): Formatted {
  if (subject === null) return NOTHING_TO_SEND
  const isCommand = messageType !== null && COMMANDS.has(messageType)
  if (isCommand || subject.kind !== 'position') return NO_FORMAT
  return formatted(encodeRockstarPosition(subject))
}
