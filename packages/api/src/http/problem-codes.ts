/** Every code a problem may carry, with its status. Codes are stable: programs decide by them. */
export const PROBLEM_STATUSES = {
  'body-aborted': 400,
  'broken-json': 400,
  'invalid-cursor': 400,
  'not-let-in': 401,
  'not-logged-in': 401,
  'wrong-credentials': 401,
  csrf: 403,
  forbidden: 403,
  'no-session': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'body-too-slow': 408,
  'before-attached': 409,
  'device-had-another-then': 409,
  'iam-taken': 409,
  'modem-elsewhere-then': 409,
  'modem-in-use': 409,
  'modem-of-another-group': 409,
  'route-exists': 409,
  'wrong-state': 409,
  'body-too-large': 413,
  'compressed-body': 415,
  'not-json': 415,
  /** 400 for what stands in the URL, 422 for a body. */
  'validation-failed': 422,
  'too-many-requests': 429,
  'internal-error': 500,
  busy: 503,
  'database-unavailable': 503,
  'not-durable': 503,
  'not-in-time': 503,
  'too-many-streams': 503,
} as const satisfies Record<string, number>

/** A stable code of a problem. */
export type ProblemCode = keyof typeof PROBLEM_STATUSES
