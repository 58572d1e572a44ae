/**
 * Checks a configured base URL and removes its trailing slash. The value is never repeated in the error: URLs may
 * contain passwords.
 *
 * @throws {TypeError} if it is not an http(s) URL, or contains a user name, a query or a fragment
 */
export function checkBaseAddress(option: string, value: string): string {
  let url: URL
  try {
    url = new URL(value)
  } catch {
    throw new TypeError(`${option} is not an address`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError(`${option} is not http or https`)
  if (url.username !== '' || url.password !== '') throw new TypeError(`${option} must not hold credentials`)
  if (url.search !== '' || url.hash !== '') throw new TypeError(`${option} must not hold a query or a fragment`)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** @throws {TypeError} if a secret is missing */
export function checkSecret(option: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${option} must be a non-empty text`)
  return value
}

/** @throws {TypeError} if a timer cannot wait for that long */
export function checkTimeout(value: number): number {
  if (!(value > 0 && value <= 2_147_483_647)) throw new TypeError('timeoutMs must be more than 0 and fit a timer')
  return value
}
