import type { ProblemCode } from '../http/problem-codes.ts'
import type { Route } from './route.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD'])
/** Possible on every route that queries the database within a time limit. */
const ALWAYS: readonly ProblemCode[] = ['internal-error', 'database-unavailable', 'not-in-time']
const OF_A_BODY: readonly ProblemCode[] = [
  'validation-failed',
  'broken-json',
  'not-json',
  'compressed-body',
  'body-too-large',
  'body-too-slow',
  'body-aborted',
]

/** Every code a route may respond with: those it declares, and those implied by its access, limit and schemas. */
export function problemsOf(route: Route<never>): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([...ALWAYS, ...route.problems])
  // Invalid tokens are counted too.
  if (route.limit !== 'none' || route.access !== 'anyone') codes.add('too-many-requests')
  if (route.queue !== 'own') codes.add('busy')
  if (route.access !== 'anyone') codes.add('not-logged-in')
  if (route.access !== 'anyone' && route.access !== 'logged-in' && route.access !== 'scraper') {
    codes.add('forbidden').add('second-factor-missing')
  }
  if (route.access !== 'anyone' && !SAFE_METHODS.has(route.method)) codes.add('csrf')
  if (route.params !== undefined || route.query !== undefined) codes.add('validation-failed')
  if (route.path.includes('/:')) codes.add('not-found')
  if (route.body !== undefined) for (const code of OF_A_BODY) codes.add(code)
  return [...codes]
}
