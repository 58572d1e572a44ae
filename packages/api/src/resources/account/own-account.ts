import { Refusal } from '@paikea/operations'
import type { Services } from '../../services.ts'

/** Account protection can be changed only in the owner's session, not with one of their tokens. */
export function ofSession<P extends { readonly session: unknown; readonly ownerUserId: number | null }>(
  principal: P,
): P {
  return principal.session === null ? { ...principal, ownerUserId: null } : principal
}

/** Throttles password checks: the holder of a session could otherwise guess the password. */
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
