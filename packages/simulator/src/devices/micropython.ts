/** How the MicroPython devices (buoy v2, handset) parse text: Python's `str.split`, `int()` and `float()`. */

/**
 * Splits an MT text as their modem driver does: on `;`, then on the first `,`. Of a repeated name the last value
 * counts. A text that does not start with `+DATA` is not for the application.
 */
export function readDataMessage(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  if (!text.startsWith('+DATA')) return values
  for (const field of text.replaceAll('+DATA:', '').split(';')) {
    const comma = field.indexOf(',')
    if (comma >= 0) values.set(field.slice(0, comma), field.slice(comma + 1))
  }
  return values
}

/** Python's `int(text)` for decimal texts; `null` if Python raises ValueError. */
export function pythonInt(text: string): number | null {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : null
}

/** Python's `float(text)` for decimal texts; `null` if Python raises ValueError. */
export function pythonFloat(text: string): number | null {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : null
}
