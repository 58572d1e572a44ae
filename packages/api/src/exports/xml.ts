import { isoTime, roundDegrees } from './numbers.ts'

// Characters that XML 1.0 does not allow: most control characters, lone surrogates, U+FFFE and U+FFFF.
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** Text for an XML element or attribute. What XML cannot hold becomes U+FFFD. */
export function xml(text: string): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Seven decimals (one centimetre), never in exponent form. */
export function degrees(value: number): string {
  const rounded = roundDegrees(value)
  return rounded === 0 || Math.abs(rounded) >= 1e-6 ? String(rounded) : rounded.toFixed(7)
}

/** Without milliseconds: plotters do not read fractions. */
export function isoSeconds(time: Date): string {
  return `${isoTime(time).slice(0, -5)}Z`
}
