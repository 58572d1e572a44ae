import { parseNumber, scalarText } from './field-reader.ts'

/**
 * Names of the fields that differ between a token's claims (all text: `"37.6630"`, `"101.0"`, `"false"`) and the body
 * (text in forms, natural types in JSON: `37.663`, `101`, `false`). In both directions: unsigned fields and unsent
 * claims count as differences too.
 *
 * @param claims the token's claims without `iss` and `iat`
 * @param fields the body's fields, including `JWT`
 */
export function differingClaims(
  claims: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>>,
): readonly string[] {
  const differing: string[] = []
  for (const name of Object.keys(fields)) {
    if (name === 'JWT') continue
    const claim = Object.hasOwn(claims, name) ? claims[name] : undefined
    if (!isSame(claim, fields[name])) differing.push(name)
  }
  for (const name of Object.keys(claims)) {
    if (!Object.hasOwn(fields, name) && !isNothing(claims[name])) differing.push(name)
  }
  return differing
}

function isSame(claim: unknown, value: unknown): boolean {
  if (isNothing(claim) || isNothing(value)) return isNothing(claim) && isNothing(value)
  // Compare as numbers: the body's 37.663 was signed as "37.6630".
  if (typeof value === 'number') return parseNumber(claim) === value
  const text = scalarText(value)
  if (text !== null) return scalarText(claim) === text
  // No nested value has ever been seen signed; equal JSON is the only possible test.
  const written = jsonOf(value)
  return written !== null && written === (typeof claim === 'string' ? claim : jsonOf(claim))
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

/** `null` if it is nested deeper than the stack. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}
