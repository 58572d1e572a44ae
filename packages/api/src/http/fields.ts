import { DEVICE_KINDS } from '@paikea/domain'
import { isOneLine } from '@paikea/operations'
import { z } from 'zod'

/** Schemas shared by many requests and responses. */

export const ImeiSchema = z.string().regex(/^\d{15}$/, 'must be 15 digits')
export const IamSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 letters, digits, "-" or "_"')
export const IdSchema = numberInUrl(z.number().int().positive().max(Number.MAX_SAFE_INTEGER))
/** A display name. */
export const LabelSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(isOneLine, 'must be one line of text, without control characters')
export const DeviceKindSchema = z.enum(DEVICE_KINDS)

/** The range that both databases store and that needs four digits for the year. */
const [FIRST_MOMENT, LAST_MOMENT] = [new Date('1000-01-01'), new Date('9999-12-31T23:59:59.999Z')]

/** A moment in ISO 8601 with an offset; a bare date means its start in UTC. */
export const MomentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be an ISO 8601 time such as 2026-11-24T16:00:00Z')
  .transform((text) => new Date(text))
  // An invalid date fails both comparisons.
  .refine((at) => at >= FIRST_MOMENT && at <= LAST_MOMENT, 'must be a time between the years 1000 and 9999')

/** An e-mail address that a mail server accepts; zod alone allows labels ending in a hyphen and parts of any length. */
export const EmailSchema = z.email().max(254).refine(isDeliverable, 'is not an e-mail address')

function isDeliverable(address: string): boolean {
  const [local = '', domain = ''] = address.split('@')
  const areLabels = domain.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
  return isOneLine(address) && local.length <= 64 && areLabels
}

/** ISO 8601 UTC with milliseconds, the format of every time in responses. */
export const TimeSchema = z.iso.datetime()

/** Query parameters of every list. */
export const pageQuery = {
  limit: numberInUrl(z.number().int().min(1).max(500)).default(100),
  cursor: z.string().min(1).max(64).optional(),
}

/** Response schema of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Formats a time for a response; `null` stays `null`. */
export function presentTime(time: Date): string
export function presentTime(time: Date | null): string | null
export function presentTime(time: Date | null): string | null {
  return time === null ? null : time.toISOString()
}

/** Plain decimal notation; `Number` would also accept `0x10`, `1e2` and the empty string. */
const PLAIN_NUMBER = /^-?\d{1,40}(?:\.\d{1,20})?$/

/** A number in a URL, where it arrives as text. */
export function numberInUrl(schema: z.ZodNumber) {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema)
  return z
    .preprocess((text) => (typeof text === 'string' && PLAIN_NUMBER.test(text) ? Number(text) : Number.NaN), schema)
    .meta(described)
}

/** A value as it appears in a response: times become text. */
export type Presented<T> = T extends Date ? string : T

/**
 * Picks fields of a row under the same names, with times in ISO 8601. The caller names the fields to expose, from a
 * schema, never from the row.
 */
export function presentFields<Row extends object, K extends keyof Row>(
  row: Row,
  keys: readonly K[],
): { [P in K]: Presented<Row[P]> } {
  const presented: Partial<Record<K, unknown>> = {}
  for (const key of keys) {
    const value: unknown = row[key]
    presented[key] = value instanceof Date ? presentTime(value) : value
  }
  // Each key was just set to what `Presented` says.
  return presented as { [P in K]: Presented<Row[P]> }
}
