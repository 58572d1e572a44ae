import type { ParseFailureCode, ParseFailureReason, Position, ProblemCode, WebhookProblem } from './message.ts'

const LONGEST_EXCERPT = 60
/** Free of backtracking: it is applied to bodies from strangers. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/
/** Enough for any real body; a forged one must not inflate what we store. */
const MOST_PROBLEMS = 32
const LONGEST_NAME = 64
/** Longer than any name, kind or id the vendor sends. */
const LONGEST_TEXT = 200
/** More digits than any serial has, and a usual column length. */
export const LONGEST_SERIAL = 20
/** The range of a signed 32-bit column; real numbers are far below. */
export const HIGHEST_COUNT = 2_147_483_647
/** GPS may be ahead of a clock by seconds, server clocks by minutes. */
const MAX_AHEAD_MS = 600_000

/** What the parser of a format reads from, whatever the body's encoding was. */
export interface FieldSource {
  readonly fields: Readonly<Record<string, unknown>>
  readonly encoding: 'form' | 'json'
  /** Fields read with reservations: repeated, or not decodable. Fatal only for a field that matters. */
  readonly flaws: readonly FieldFlaw[]
}

/** A defect in how a field was written. For a repeated one `fields` holds the first, `detail` shows the other. */
export interface FieldFlaw {
  readonly field: string
  readonly code: 'doubled-field' | 'broken-encoding'
  readonly detail: string
  /** The copies of a repeated field are equal: nothing is lost by taking one. */
  readonly isHarmless: boolean
}

/**
 * Reads typed values from fields that hold text (form) or JSON values, and records what it could not read. A required
 * value that is missing or wrong sets `fault`; any other becomes a problem and reads as `null`.
 */
export class FieldReader {
  readonly fields: Readonly<Record<string, unknown>>
  readonly problems: WebhookProblem[] = []
  /** The first thing that makes the body unusable. */
  fault: ParseFailureReason | null = null

  constructor(source: FieldSource, required: readonly string[]) {
    this.fields = source.fields
    for (const flaw of source.flaws) {
      const { field, code, detail } = flaw
      if (!flaw.isHarmless && required.includes(field)) this.fail(code, field, detail)
      else this.#note(field, code, detail)
    }
  }

  fail(code: ParseFailureCode, field: string | null, detail: string): void {
    this.fault ??= { code, field, detail }
  }

  warn(code: ProblemCode, field: string, value: unknown): null {
    this.#note(field, code, excerpt(value))
    return null
  }

  #note(field: string, code: ProblemCode, detail: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ field: field.slice(0, LONGEST_NAME), code, detail })
  }

  /** The value of a field as text; `null` if absent, JSON `null`, or not a string, number or boolean. */
  scalar(field: string): string | null {
    return scalarText(this.fields[field])
  }

  /** @param longest `Infinity` for text written by users */
  text(field: string, longest: number = LONGEST_TEXT): string | null {
    const value = this.fields[field]
    if (value === undefined || value === null) return null
    const text = scalarText(value)
    return text !== null && text.length <= longest ? text : this.warn('bad-text', field, value)
  }

  /** The vendor's number of a device; empty means missing. */
  serial(): string | null {
    return this.text('serial', LONGEST_SERIAL) || null
  }

  number(field: string, least: number = -Infinity, most: number = Infinity): number | null {
    return this.numberOf(field, this.fields[field], least, most)
  }

  /** Like `number`, for a nested value; `field` only names it in problems. */
  numberOf(field: string, value: unknown, least: number = -Infinity, most: number = Infinity): number | null {
    // Forms send an unset number as an empty text.
    if (value === undefined || value === null || value === '') return null
    const parsed = parseNumber(value)
    if (parsed === null) return this.warn('bad-number', field, value)
    if (parsed < least || parsed > most) return this.warn('out-of-range', field, value)
    return parsed
  }

  /** A whole number, 0 or more. */
  count(field: string, value: unknown = this.fields[field], most: number = HIGHEST_COUNT): number | null {
    const parsed = this.numberOf(field, value, 0, most)
    return parsed === null || Number.isInteger(parsed) ? parsed : this.warn('bad-number', field, value)
  }

  boolean(field: string): boolean | null {
    const value = this.fields[field]
    if (value === undefined || value === null || value === '') return null
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    return this.warn('bad-boolean', field, value)
  }

  time(field: string, parse: (text: string) => Date | null): Date | null {
    const text = this.text(field)
    if (text === null || text === '') return null
    return parse(text) ?? this.warn('bad-time', field, text)
  }

  requiredImei(field: string, value: unknown = this.fields[field]): string {
    const text = scalarText(value)
    if (text === null) this.fail('missing-field', field, 'not sent')
    else if (isImei(text)) return text
    else this.fail('bad-imei', field, `15 digits expected, not ${excerpt(text)}`)
    return ''
  }

  requiredWhole(field: string, most: number): number {
    const value = this.fields[field]
    const text = scalarText(value)
    if (text === null) this.fail('missing-field', field, 'not sent')
    else if (/^\d{1,15}$/.test(text) && Number(text) <= most) return Number(text)
    else this.fail('bad-momsn', field, `whole number 0..${most} expected, not ${excerpt(value)}`)
    return 0
  }

  /** Records a problem for a position at 0, 0, which is not a position. */
  noteNullIsland(field: string, position: Position): null {
    const { latitudeDegrees, longitudeDegrees } = position
    return this.warn('null-island', field, `${latitudeDegrees}, ${longitudeDegrees}`)
  }

  /** Records a time more than ten minutes ahead of the clock: it is wrong, or day and year are swapped. */
  checkNotAhead(field: string, at: Date | null, receivedAt: Date | undefined): void {
    if (at === null || receivedAt === undefined) return
    if (at.getTime() - receivedAt.getTime() > MAX_AHEAD_MS) this.warn('time-in-future', field, at.toISOString())
  }
}

/** A scalar as text, in the vendor's notation for claims; `null` for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return null
}

/** A finite number from a number or its decimal text; `null` for anything else, including `''` and `0x10`. */
export function parseNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || !NUMBER.test(value)) return null
  const parsed = Number(value)
  return Number.isFinite(parsed) ? parsed : null
}

/** Whether a text has the form of an IMEI. The check digit is ignored: some modems report a wrong one. */
export function isImei(text: string): boolean {
  return /^\d{15}$/.test(text)
}

/** A short, one-line excerpt of a value for users. Nested values are only named: they may be deeper than a stack. */
export function excerpt(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  const text = String(value)
  return JSON.stringify(text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text)
}
