import { ServeError } from './serve-error.ts'

/**
 * Explains why a port cannot be opened; returns any other error unchanged.
 *
 * @param what `port 8080` @param variable by which another is chosen
 */
export function listenError(cause: unknown, what: string, variable: string): unknown {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  const problem = { EADDRINUSE: 'is taken', EACCES: 'needs a permission this process does not have' }[String(code)]
  if (problem === undefined) return cause
  return new ServeError(`${what} ${problem}: choose another with ${variable}`, { isFinal: false, cause })
}
