import { z } from 'zod'

/** How the vendor delivers a modem's messages: service and format. */
export const webhookStyles = ['form', 'json', 'json-jwt', 'core-push', 'cloudloop', 'cloudloop-imt'] as const
/** {@link webhookStyles} as a type. */
export type WebhookStyle = (typeof webhookStyles)[number]

const imei = z.string().regex(/^\d{15}$/, 'an IMEI has 15 digits')
const probability = z.number().min(0).max(1)

/** What may go wrong at sea. Probabilities are 0 to 1, per fix and per session. */
export const conditionsSchema = z.object({
  /** False: the GPS never gets a fix. */
  gps: z.boolean().default(true),
  /** False: no session ever succeeds (antenna under water). */
  satellite: z.boolean().default(true),
  gpsTimeoutProbability: probability.default(0.01),
  sessionFailureProbability: probability.default(0.05),
  /** The message arrived, but the device does not know and sends it again. */
  lostAcknowledgementProbability: probability.default(0.01),
  /** Minimum and maximum duration of a fix, in seconds. */
  fixSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).default([12, 75]),
  /** Minimum and maximum duration of a session, in seconds. */
  sessionSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).default([12, 40]),
})
/** {@link conditionsSchema} as a type. */
export type Conditions = z.infer<typeof conditionsSchema>

/** Specification of a simulated device. Plain data: stored in the journal, and accepted by `POST /sim/devices`. */
export const deviceSpecSchema = z.object({
  imei,
  kind: z.enum(['buoy', 'handset', 'rockstar']),
  /** A buoy's firmware generation; ignored for other kinds. */
  generation: z.enum(['v2', 'v3']).default('v3'),
  serial: z.number().int().min(1).max(9_999_999),
  label: z.string().max(100).nullable().default(null),
  iam: z.string().max(32).nullable().default(null),
  webhook: z.enum(webhookStyles),
  /** Whether it acts on its own. If not, it sends only what `…/send` tells it to. */
  autonomous: z.boolean().default(false),
  /** Belongs to the demo fleet: active only while the simulator runs with that fleet. */
  demo: z.boolean().default(false),
  latitudeDegrees: z.number().min(-90).max(90),
  longitudeDegrees: z.number().min(-180).max(180),
  seed: z.number().int().min(0).max(4_294_967_295),
  conditions: conditionsSchema,
})
/** {@link deviceSpecSchema} as a type. */
export type DeviceSpec = z.infer<typeof deviceSpecSchema>
