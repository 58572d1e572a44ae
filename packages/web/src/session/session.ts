import type { SessionView } from '@paikea/api/contract'
import { callApi } from '../api/call-api.ts'
import { isLoggedOut } from '../api/fetch-or-throw.ts'

/** The present session; `null` if there is none. */
export async function readSession(): Promise<SessionView | null> {
  try {
    return await callApi('GET /v1/session', {})
  } catch (error) {
    if (isLoggedOut(error)) return null
    throw error
  }
}

/** @throws RequestFailure with a reason for the user */
export function logIn(email: string, password: string, code?: string): Promise<SessionView> {
  return callApi('POST /v1/session', { body: { email, password, ...(code === undefined ? {} : { code }) } })
}

/** Ends the session. */
export async function logOut(session: SessionView): Promise<void> {
  await callApi('DELETE /v1/session', { csrfToken: session.csrfToken })
}
