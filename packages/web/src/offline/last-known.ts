import type { FleetView, SessionView } from '@paikea/api/contract'

const STORED_AS = 'paikea.last-known'

/** The last data this machine saw, for use off-line. */
export interface LastKnown {
  readonly session: SessionView
  readonly fleet: FleetView
  /** By this machine's clock. */
  readonly readAt: number
}

/** Stores the last data. Omits the CSRF token: nothing can be changed without the service. */
export function keepLastKnown(known: LastKnown): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify({ ...known, session: { ...known.session, csrfToken: '' } }))
  } catch {
    // Over quota, or storage is disabled: then there is nothing to show off-line.
  }
}

/** The last data; `null` if none is stored. */
export function readLastKnown(): LastKnown | null {
  try {
    // Only `keepLastKnown` writes there.
    return JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as LastKnown | null
  } catch {
    return null
  }
}

/** The last user's session, off-line: everything is read-only. */
export function offlineSession(session: SessionView): SessionView {
  const groups = session.user.groups.map((group) => ({ ...group, role: 'viewer' as const }))
  return { ...session, user: { ...session.user, isSystemAdmin: false, groups } }
}

/** Deletes the data, so that the next user of this machine sees none of it. */
export function forgetLastKnown(): void {
  try {
    localStorage.removeItem(STORED_AS)
  } catch {
    // Nothing was stored.
  }
}
