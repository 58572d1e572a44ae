import { z } from 'zod'

import { conditionsSchema, webhookStyles } from '../devices/device-spec.ts'

const imei = z.string().regex(/^\d{15}$/, 'an IMEI has 15 digits')
const latitude = z.number().min(-90).max(90)
const longitude = z.number().min(-180).max(180)
// The largest message a 9602 modem sends.
const MOST_MO_BYTES = 340

/** `POST /sim/devices`. */
export const newDeviceSchema = z.strictObject({
  kind: z.enum(['buoy', 'handset', 'rockstar']),
  imei,
  generation: z.enum(['v2', 'v3']).optional(),
  serial: z.number().int().min(1).max(9_999_999).optional(),
  label: z.string().max(100).nullish(),
  iam: z.string().max(32).nullish(),
  webhook: z.enum(webhookStyles).optional(),
  autonomous: z.boolean().optional(),
  latitude: latitude.optional(),
  longitude: longitude.optional(),
  seed: z.number().int().min(0).max(4_294_967_295).optional(),
  conditions: conditionsSchema.partial().optional(),
})

/** `PATCH /sim/devices/{imei}`. Omitted fields stay unchanged. */
export const deviceChangeSchema = z.strictObject({
  conditions: z.strictObject({
    gps: z.boolean().optional(),
    satellite: z.boolean().optional(),
    gpsTimeoutProbability: z.number().min(0).max(1).optional(),
    sessionFailureProbability: z.number().min(0).max(1).optional(),
    lostAcknowledgementProbability: z.number().min(0).max(1).optional(),
    fixSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).optional(),
    sessionSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).optional(),
  }),
})

/** `POST /sim/devices/{imei}/send`: text, or bytes as hex; with neither, a mailbox check. */
export const sendSchema = z
  .strictObject({
    text: z.string().optional(),
    hex: z
      .string()
      .regex(/^([0-9a-fA-F]{2})*$/, 'pairs of hex digits expected')
      .optional(),
    /** ISO 8601, passed on verbatim. Default: now, in real time. */
    transmitTime: z.iso.datetime({ offset: true }).optional(),
    momsn: z.number().int().min(0).max(65_535).optional(),
    latitude: latitude.optional(),
    longitude: longitude.optional(),
    /** Merged over the webhook's fields; `null` removes one. */
    fields: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((order) => order.text === undefined || order.hex === undefined, 'either text or hex')
  .transform(({ text, hex, ...order }) => ({
    ...order,
    payload: text === undefined ? new Uint8Array(Buffer.from(hex ?? '', 'hex')) : new TextEncoder().encode(text),
  }))
  .refine((order) => order.payload.length <= MOST_MO_BYTES, `a modem sends ${MOST_MO_BYTES} bytes at most`)

/** `POST /sim/devices/{imei}/power`. */
export const powerSchema = z.strictObject({ power: z.enum(['on', 'off', 'cycle']) })

/** `POST /sim/devices/{imei}/ask`: a user's request on a handset. */
export const askSchema = z.strictObject({ text: z.string().min(1).max(MOST_MO_BYTES) })

/** `POST /sim/clock`. At 1,000 a day takes a minute and a half. */
export const clockSchema = z.strictObject({ speed: z.number().positive().max(10_000) })

/** `GET /sim/mt`. */
export const mtQuerySchema = z.strictObject({
  imei: imei.optional(),
  serial: z.coerce.number().int().optional(),
  state: z.enum(['queued', 'delivered', 'purged']).optional(),
})
