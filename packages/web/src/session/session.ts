import type { SessionView } from '@paikea/api/contract'
import { callApi } from '../api/call-api.ts'
import { isLoggedOut } from '../api/fetch-or-throw.ts'

/** Who is logged in; `null` when nobody is. */
export async function readSession(): Promise<SessionView | null> {
  try {
    return await callApi('GET /v1/session', {})
  } catch (error) {
    if (isLoggedOut(error)) return null
    throw error
  }
}

/** @throws RequestFailure with the reason for the person at the screen */
export function logIn(email: string, password: string, code?: string): Promise<SessionView> {
  return callApi('POST /v1/session', { body: { email, password, ...(code === undefined ? {} : { code }) } })
}

/** Ends the session. */
export async function logOut(session: SessionView): Promise<void> {
  await callApi('DELETE /v1/session', { csrfToken: session.csrfToken })
}
