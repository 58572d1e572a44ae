import { Refusal } from '@paikea/operations'
import type { Services } from '../../services.ts'

/** What protects an account is changed by the person in a session, not by a token of theirs. */
export function ofSession<P extends { readonly session: unknown; readonly ownerUserId: number | null }>(
  principal: P,
): P {
  return principal.session === null ? { ...principal, ownerUserId: null } : principal
}

/** Whoever holds a session could guess the password with it. */
export async function guessing<T>(
  failed: Services['failedLogIns'],
  account: string,
  work: () => Promise<T>,
): Promise<T> {
  const key = `own ${account}`
  await failed.check(key)
  try {
    const result = await work()
    await failed.clear(key)
    return result
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'invalid') await failed.count(key)
    throw error
  }
}
