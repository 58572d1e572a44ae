import { creditsFor } from '@paikea/rockblock-client'
import { z } from 'zod'

import { defineTarget, NOT_CONFIGURED } from '../target.ts'
import { PARK_ACCOUNT, vendorTimeToLiveMs, vendorWords } from '../vendor.ts'
import { formatForModem } from './format.ts'

/** A RockBLOCK modem: of a handset that reads positions, or of a buoy that takes commands. */
export const modem = defineTarget({
  kind: 'modem',
  fields: { imei: z.string().regex(/^\d{15}$/, 'must be 15 digits') },
  keyOf: ({ imei }) => `modem/${imei}`,
  // It hands out its messages in the order they came, whoever sent them.
  order: 'endpoint',
  addressee: ({ imei }) => ({ imei, serial: null }),
  wants: 'latest',
  triedBy: 'own',
  mayRepeatUnknown: false,
  formats: [],
  timeToLiveMs: vendorTimeToLiveMs,
  format: formatForModem,
  creditsFor: (payload) => creditsFor(payload.byteLength),
  words: vendorWords,
  account: {
    name: 'RockBLOCK',
    parkedBy: PARK_ACCOUNT,
    async checkLogIn({ modemSender }) {
      const answer = await modemSender?.checkCredentials?.()
      return answer === undefined || answer.credentials === 'not-checked' ? null : answer.credentials
    },
  },
  limits: { atOnce: 32, atOncePerEndpoint: 1, maxWaiting: 8 },
  createSend:
    ({ modemSender }) =>
    async ({ imei, payload }) => {
      if (modemSender === null || imei === null) return NOT_CONFIGURED
      return modemSender.sendMt({ imei, data: payload })
    },
})
