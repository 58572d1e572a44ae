import { DEVICE_KINDS } from '@paikea/domain'
import { isOneLine } from '@paikea/operations'
import { z } from 'zod'

/** Shapes that many requests and answers share. */

export const ImeiSchema = z.string().regex(/^\d{15}$/, 'must be 15 digits')
export const IamSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 letters, digits, "-" or "_"')
export const IdSchema = numberInUrl(z.number().int().positive().max(Number.MAX_SAFE_INTEGER))
/** A name that people give and see. */
export const LabelSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(isOneLine, 'must be one line of text, without control characters')
export const DeviceKindSchema = z.enum(DEVICE_KINDS)

/** What both databases keep as a time, and what is written with four digits of a year. */
const [FIRST_MOMENT, LAST_MOMENT] = [new Date('1000-01-01'), new Date('9999-12-31T23:59:59.999Z')]

/** A moment in ISO 8601 with an offset; a date alone means its start in UTC. */
export const MomentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be an ISO 8601 time such as 2026-11-24T16:00:00Z')
  .transform((text) => new Date(text))
  // A time that is none is neither.
  .refine((at) => at >= FIRST_MOMENT && at <= LAST_MOMENT, 'must be a time between the years 1000 and 9999')

/** An e-mail address that a mail server takes; zod lets labels end in a hyphen and parts be of any length. */
export const EmailSchema = z.email().max(254).refine(isDeliverable, 'is not an e-mail address')

function isDeliverable(address: string): boolean {
  const [local = '', domain = ''] = address.split('@')
  const areLabels = domain.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
  return isOneLine(address) && local.length <= 64 && areLabels
}

/** ISO 8601 UTC with milliseconds, as every time leaves this service. */
export const TimeSchema = z.iso.datetime()

/** Query of every list. */
export const pageQuery = {
  limit: numberInUrl(z.number().int().min(1).max(500)).default(100),
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

/** A number as people write it; `Number` would also take `0x10`, `1e2` and nothing at all. */
const PLAIN_NUMBER = /^-?\d{1,40}(?:\.\d{1,20})?$/

/** A number that stands in a URL, and so comes as text. */
export function numberInUrl(schema: z.ZodNumber) {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema)
  return z
    .preprocess((text) => (typeof text === 'string' && PLAIN_NUMBER.test(text) ? Number(text) : Number.NaN), schema)
    .meta(described)
}

/** A value as it leaves the service: times as text. */
export type Presented<T> = T extends Date ? string : T

/** Fields of a row under the same names, times in ISO 8601. Which ones leave is named by the caller: a schema, never the row. */
export function presentFields<Row extends object, K extends keyof Row>(
  row: Row,
  keys: readonly K[],
): { [P in K]: Presented<Row[P]> } {
  const presented: Partial<Record<K, unknown>> = {}
  for (const key of keys) {
    const value: unknown = row[key]
    presented[key] = value instanceof Date ? presentTime(value) : value
  }
  // Each key was set just now, as `Presented` says.
  return presented as { [P in K]: Presented<Row[P]> }
}
