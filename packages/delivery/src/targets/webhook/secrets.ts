import { randomBytes } from 'node:crypto'
import { z } from 'zod'

import type { SecretKeeping } from '../target.ts'

const BYTES = 32

/** Padded standard base64 of 24 to 64 bytes: without the padding, or with letters for URLs, some libraries refuse it or read another key. */
const SecretSchema = z.string().refine(isSecret, 'must be whsec_ and the padded base64 of 24 to 64 bytes')
const StoredSchema = z.object({ keys: z.array(z.object({ secret: z.string(), since: z.string() })) })

/** The signing secrets, oldest first. */
export function secretsOf(stored: unknown): readonly string[] {
  return keysOf(stored).map(({ secret }) => secret)
}

/** Webhook secrets: one is generated with the endpoint; during a rotation two sign. */
export const webhookSecrets: SecretKeeping = {
  given: SecretSchema,
  add(stored, given, at) {
    const secret = given ?? `whsec_${randomBytes(BYTES).toString('base64')}`
    return { secret, stored: { keys: [...keysOf(stored), { secret, since: at.toISOString() }] } }
  },
  endOld: (stored) => ({ keys: keysOf(stored).slice(-1) }),
  count: (stored) => keysOf(stored).length,
}

function keysOf(stored: unknown): readonly { readonly secret: string; readonly since: string }[] {
  const read = StoredSchema.safeParse(stored)
  return read.success ? read.data.keys : []
}

function isSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return false
  const encoded = text.slice('whsec_'.length)
  const key = Buffer.from(encoded, 'base64')
  return key.length >= 24 && key.length <= 64 && key.toString('base64') === encoded
}
