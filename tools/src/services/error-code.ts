/**
 * The `code` of a system error (`ENOENT`, `EADDRINUSE` …). By shape, not by class: errors may come from another realm.
 */
export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null
}
