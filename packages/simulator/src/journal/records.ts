import { z } from 'zod'

import { deviceSpecSchema, webhookStyles } from '../devices/device-spec.ts'

const sign = z.union([z.literal(1), z.literal(-1)])

const deviceSnapshotSchema = z.object({
  firmware: z.unknown(),
  wakeAtMs: z.number().nullable(),
  track: z.object({
    seed: z.number(),
    step: z.number(),
    latitudeDegrees: z.number(),
    longitudeDegrees: z.number(),
    eastSign: sign,
    northSign: sign,
  }),
  drawn: z.number(),
})

const mtStateSchema = z.enum(['queued', 'delivered', 'purged'])

const mtSchema = z.object({
  id: z.string(),
  /** `null` for a text to a tracker unknown to the simulator. */
  imei: z.string().nullable(),
  serial: z.number().nullable(),
  /** The service that accepted it. */
  service: z.enum(['mt', 'text', 'sbd', 'imt']),
  hex: z.string(),
  atMs: z.number(),
  state: mtStateSchema,
  /** When it was delivered or purged. */
  endedAtMs: z.number().nullable(),
  /** Why it was purged. */
  reason: z.enum(['flushed', 'too-old', 'queue-full']).nullable(),
})

const webhookSchema = z.object({
  id: z.number(),
  imei: z.string(),
  style: z.enum(webhookStyles),
  /** The vendor's fields; each attempt builds the same body from them again. */
  fields: z.record(z.string(), z.unknown()),
  /** By the vendor's clock, in real time: the date of a signature. */
  createdAtMs: z.number(),
  attempts: z.number(),
  nextAtMs: z.number(),
})

/** One journal record. Replaying all in order gives the state; replaying one twice is idempotent. */
export const journalRecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('clock'), atMs: z.number() }),
  z.object({ type: z.literal('device'), spec: deviceSpecSchema }),
  z.object({ type: z.literal('device-removed'), imei: z.string() }),
  z.object({ type: z.literal('firmware'), imei: z.string(), snapshot: deviceSnapshotSchema }),
  z.object({
    type: z.literal('session'),
    imei: z.string(),
    nextMomsn: z.number(),
    nextMtmsn: z.number(),
    atMs: z.number(),
  }),
  z.object({ type: z.literal('mt'), mt: mtSchema }),
  z.object({ type: z.literal('webhook'), webhook: webhookSchema }),
  z.object({ type: z.literal('webhook-tried'), id: z.number(), attempts: z.number(), nextAtMs: z.number() }),
  z.object({ type: z.literal('webhook-ended'), id: z.number() }),
  z.object({ type: z.literal('numbers'), nextMtId: z.number(), nextWebhookId: z.number() }),
])

/** {@link journalRecordSchema} as a type. */
export type JournalRecord = z.infer<typeof journalRecordSchema>
/** A message sent to a modem or tracker. */
export type MtRecord = z.infer<typeof mtSchema>
/** A pending webhook. */
export type WebhookRecord = z.infer<typeof webhookSchema>
