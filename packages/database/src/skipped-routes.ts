/** A route that matched a message and sent nothing. */
export interface SkippedRoute {
  readonly routeId: number
  /** A code, such as `overtaken`. */
  readonly reason: string
}

/** Reads what `markProcessed` stored with a message. */
export function readSkippedRoutes(stored: unknown): readonly SkippedRoute[] {
  if (!Array.isArray(stored)) return []
  return stored.flatMap((route: unknown) => (isSkippedRoute(route) ? [route] : []))
}

function isSkippedRoute(value: unknown): value is SkippedRoute {
  return (
    typeof value === 'object' &&
    value !== null &&
    'routeId' in value &&
    typeof value.routeId === 'number' &&
    'reason' in value &&
    typeof value.reason === 'string'
  )
}
