import { z } from 'zod'

/** Shapes that many requests and answers share. */

export const ImeiSchema = z.string().regex(/^\d{15}$/, 'must be 15 digits')
export const IamSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 letters, digits, "-" or "_"')
export const IdSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
export const LabelSchema = z.string().trim().min(1).max(100)
export const DeviceKindSchema = z.enum(['buoy', 'handset', 'rockstar'])

/** A moment in ISO 8601 with an offset; a date alone means its start in UTC. */
export const MomentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be a time in ISO 8601, as 2026-11-24T16:00:00Z')
  .transform((text) => new Date(text))

/** ISO 8601 UTC with milliseconds, as every time leaves this service. */
export const TimeSchema = z.iso.datetime()

/** Query of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().min(1).max(64).optional(),
}

/** The answer of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** A time as it leaves the service; `null` stays `null`. */
export function presentTime(time: Date): string
export function presentTime(time: Date | null): string | null
export function presentTime(time: Date | null): string | null {
  return time === null ? null : time.toISOString()
}
