import { creditsFor } from '@paikea/rockblock-client'

import { NOT_CONFIGURED } from '../target.ts'
import type { Target } from '../target.ts'
import { formatForModem } from './format.ts'
import { vendorWords } from '../vendor-words.ts'

/** A RockBLOCK modem: of a handset that reads positions, or of a buoy that takes commands. */
export const modem: Target = {
  kind: 'modem',
  // Everything to one modem is one queue: it hands out its messages in the order they came.
  keyOf: ({ imei, modemId }) => (imei === null || modemId === null ? null : `modem/${imei}`),
  format: formatForModem,
  creditsFor: (payload) => creditsFor(payload.byteLength),
  words: vendorWords,
  createSend:
    ({ modemSender }) =>
    async ({ imei, payload }) => {
      if (modemSender === null || imei === null) return NOT_CONFIGURED
      return modemSender.sendMt({ imei, data: payload })
    },
}
