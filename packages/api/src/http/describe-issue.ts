import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue
type IssueOf<Code extends Issue['code']> = Extract<Issue, { code: Code }>

/**
 * What is wrong with a field, in our own words: the rest of a sentence that starts with the field's name. Passed to zod
 * as its error map; a message given in the schema takes precedence.
 */
export function describeIssue(issue: Issue): string {
  const words = wordsFor(issue)
  return issue.path === undefined || issue.path.length === 0 ? `The body ${words}` : words
}

function wordsFor(issue: Issue): string {
  const choice = choiceOf(issue)
  if (isMissing(issue)) return choice === null ? 'is missing' : `is missing: ${choice}`
  if (choice !== null) return `must be ${choice}`
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue)
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_format':
      return `must be ${formats[issue.format] ?? 'in another format'}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return 'has unknown fields'
    case 'invalid_union':
      return 'matches none of the allowed forms'
    case 'invalid_value':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'is not valid'
  }
}

/**
 * Whether the value is missing. For a discriminated union zod blames the discriminator but passes the enclosing object.
 */
export function isMissing(issue: Issue | z.core.$ZodIssue): boolean {
  const { input } = issue
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return input === undefined
  return typeof input === 'object' && input !== null && Reflect.get(input, issue.discriminator) === undefined
}

/** The allowed values if they are a short list of words; otherwise `null`. */
function choiceOf(issue: Issue): string | null {
  const choice: unknown =
    issue.code === 'invalid_value' ? issue.values : issue.code === 'invalid_union' ? issue.options : []
  if (!Array.isArray(choice) || choice.length === 0) return null
  const words = choice.map((one: unknown) => (typeof one === 'string' ? `"${one}"` : String(one)))
  return words.length === 1 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function wrongType({ expected, input }: IssueOf<'invalid_type'>): string {
  const wanted = `must be ${types[expected] ?? expected}`
  // Everything in a URL is text: a value that is not a number is `NaN` by now, and there is nothing more to say about
  // it.
  if (Number.isNaN(input)) return wanted
  const isFraction = expected === 'int' && typeof input === 'number'
  return `${wanted}, not ${isFraction ? 'one with a fraction' : nameOf(input)}`
}

function nameOf(input: unknown): string {
  if (input === null) return 'null'
  return types[Array.isArray(input) ? 'array' : typeof input] ?? typeof input
}

function tooSmall({ origin, minimum, inclusive, exact }: IssueOf<'too_small'>): string {
  const unit = units[origin]
  if (unit === undefined) return `must be ${inclusive === true ? `${minimum} or more` : `more than ${minimum}`}`
  if (exact === true) return `must have exactly ${counted(minimum, unit)}`
  return minimum === 1 ? 'must not be empty' : `must have at least ${counted(minimum, unit)}`
}

function tooBig({ origin, maximum, inclusive, exact }: IssueOf<'too_big'>): string {
  const unit = units[origin]
  if (unit === undefined) return `must be ${inclusive === true ? `at most ${maximum}` : `less than ${maximum}`}`
  return `must have ${exact === true ? 'exactly' : 'at most'} ${counted(maximum, unit)}`
}

function counted(count: number | bigint, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** Units of what has a length. */
const units: Readonly<Record<string, string>> = { string: 'character', array: 'item' }

const formats: Readonly<Record<string, string>> = {
  datetime: 'an ISO 8601 time such as 2026-11-24T16:00:00Z',
  date: 'a date such as 2026-11-24',
  email: 'an e-mail address',
  url: 'a URL that begins with http:// or https://',
}
