import { z } from 'zod'

/** How a modem's messages reach us: which of the vendor's formats, and in which clothes. */
export const webhookStyles = ['form', 'json', 'json-jwt', 'core-push', 'cloudloop', 'cloudloop-imt'] as const
/** {@link webhookStyles} as a type. */
export type WebhookStyle = (typeof webhookStyles)[number]

const imei = z.string().regex(/^\d{15}$/, 'an IMEI has 15 digits')
const probability = z.number().min(0).max(1)

/** What may go wrong at sea. Probabilities are 0 to 1, for each fix and each session. */
export const conditionsSchema = z.object({
  /** Off: no GPS ever gets a fix. */
  gps: z.boolean().default(true),
  /** Off: no session ever succeeds (antenna under water). */
  satellite: z.boolean().default(true),
  gpsTimeoutProbability: probability.default(0.01),
  sessionFailureProbability: probability.default(0.05),
  /** The message arrived, the device does not know and sends it again. */
  lostAcknowledgementProbability: probability.default(0.01),
  /** How long a fix takes, seconds: between these. */
  fixSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).default([12, 75]),
  /** How long a session takes, seconds: between these. */
  sessionSeconds: z.tuple([z.number().min(0).max(3600), z.number().min(0).max(3600)]).default([12, 40]),
})
/** {@link conditionsSchema} as a type. */
export type Conditions = z.infer<typeof conditionsSchema>

/** What makes a simulated device. Plain data: it is what the journal keeps and `POST /sim/devices` takes. */
export const deviceSpecSchema = z.object({
  imei,
  kind: z.enum(['buoy', 'handset', 'rockstar']),
  /** Firmware of a buoy; others have no choice. */
  generation: z.enum(['v2', 'v3']).default('v3'),
  serial: z.number().int().min(1).max(9_999_999),
  label: z.string().max(100).nullable().default(null),
  iam: z.string().max(32).nullable().default(null),
  webhook: z.enum(webhookStyles),
  /** Whether it lives by itself. If not, it sends only what `…/send` is told to. */
  autonomous: z.boolean().default(false),
  /** Belongs to the demo fleet: lives only while the simulator is started with that fleet. */
  demo: z.boolean().default(false),
  latitudeDegrees: z.number().min(-90).max(90),
  longitudeDegrees: z.number().min(-180).max(180),
  seed: z.number().int().min(0).max(4_294_967_295),
  conditions: conditionsSchema,
})
/** {@link deviceSpecSchema} as a type. */
export type DeviceSpec = z.infer<typeof deviceSpecSchema>
