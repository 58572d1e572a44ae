import { excerpt, type FieldFlaw } from './field-reader.ts'

const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/**
 * Finds repeated members of a JSON object and gives them their first value, as in a form: `JSON.parse` silently keeps
 * the last, while the sender of a token may have signed the first.
 *
 * @param text valid JSON whose value is an object
 * @param fields the result of `JSON.parse`; repeated members are corrected in place
 */
export function settleDoubledMembers(text: string, fields: Record<string, unknown>): readonly FieldFlaw[] {
  const members = findMembers(text)
  // The usual case costs one pass over the text and no allocation per member.
  if (members.length === 3 * Object.keys(fields).length) return []
  const firsts = new Map<string, string>()
  const flaws: FieldFlaw[] = []
  for (let at = 0; at < members.length; at += 3) {
    const [from = 0, colon = 0, to = 0] = members.slice(at, at + 3)
    const name = String(JSON.parse(text.slice(from, colon)))
    const value = text.slice(colon + 1, to).trim()
    const first = firsts.get(name)
    if (first === undefined) firsts.set(name, value)
    else flaws.push(doubled(name, value, first === value))
  }
  // Once per name, not per copy: a stranger may have sent thousands.
  for (const name of new Set(flaws.map(({ field }) => field))) {
    const value: unknown = JSON.parse(firsts.get(name) ?? 'null')
    // Plain assignment to `__proto__` would set the prototype.
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return flaws
}

function doubled(field: string, value: string, isHarmless: boolean): FieldFlaw {
  return { field, code: 'doubled-field', detail: excerpt(JSON.parse(value)), isHarmless }
}

/** Positions of the outermost object's members, three numbers each: start of the name, its colon, end of the value. */
function findMembers(text: string): number[] {
  const positions: number[] = []
  let depth = 0
  let start = 0
  let colon = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at)
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++
        if (depth === 1) start = at + 1
        break
      case COLON:
        if (depth === 1) colon = at
        break
      case COMMA:
        if (depth === 1) {
          positions.push(start, colon, at)
          start = at + 1
        }
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--
        if (depth === 0 && colon > 0) positions.push(start, colon, at)
        break
      default:
    }
  }
  return positions
}

/** Index of the closing quote. `indexOf` with a check for preceding backslashes is several times faster than a loop. */
function endOfString(text: string, open: number): number {
  let close = open
  do {
    close = text.indexOf('"', close + 1)
  } while (isEscaped(text, close))
  return close
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}
