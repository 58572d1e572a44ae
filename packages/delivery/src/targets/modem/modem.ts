import { creditsFor } from '@paikea/rockblock-client'
import { z } from 'zod'

import { defineTarget, NOT_CONFIGURED } from '../target.ts'
import { PARK_ACCOUNT, vendorTimeToLiveMs, vendorWords } from '../vendor.ts'
import { formatForModem } from './format.ts'

/** A RockBLOCK modem: a handset's, which shows positions, or a buoy's, which takes commands. */
export const modem = defineTarget({
  kind: 'modem',
  fields: { imei: z.string().regex(/^\d{15}$/, 'must be 15 digits') },
  keyOf: ({ imei }) => `modem/${imei}`,
  // The gateway hands out a modem's messages in order of arrival, whoever sent them.
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
