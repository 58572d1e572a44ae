import type { SessionView } from '@paikea/api/contract'
import { fetchOrThrow, isLoggedOut } from '../api/fetch-or-throw.ts'

/** Who is logged in; `null` when nobody is. */
export async function readSession(): Promise<SessionView | null> {
  try {
    return await fetchOrThrow<SessionView>('/v1/session')
  } catch (error) {
    if (isLoggedOut(error)) return null
    throw error
  }
}

/** @throws RequestFailure with the reason for the person at the screen */
export function logIn(email: string, password: string): Promise<SessionView> {
  return fetchOrThrow<SessionView>('/v1/session', { method: 'POST', body: { email, password } })
}

/** Ends the session. */
export async function logOut(session: SessionView): Promise<void> {
  await fetchOrThrow<undefined>('/v1/session', { method: 'DELETE', csrfToken: session.csrfToken })
}
