import type { FleetView, SessionView } from '@paikea/api/contract'

const STORED_AS = 'paikea.last-known'

/** What this machine saw last, for when there is no network. */
export interface LastKnown {
  readonly session: SessionView
  readonly fleet: FleetView
  /** By the clock of this machine. */
  readonly readAt: number
}

/** Keeps what was seen. The CSRF token stays out: nothing can be changed without the service. */
export function keepLastKnown(known: LastKnown): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify({ ...known, session: { ...known.session, csrfToken: '' } }))
  } catch {
    // Too much, or a browser that keeps nothing: then there is nothing to be shown without a network.
  }
}

/** What was seen last; `null` where nothing was kept. */
export function readLastKnown(): LastKnown | null {
  try {
    // Only `keepLastKnown` writes there.
    return JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as LastKnown | null
  } catch {
    return null
  }
}

/** The person who was here, who without the service can read and change nothing. */
export function offlineSession(session: SessionView): SessionView {
  const groups = session.user.groups.map((group) => ({ ...group, role: 'viewer' as const }))
  return { ...session, user: { ...session.user, isSystemAdmin: false, groups } }
}

/** Forgets it, so that the next person at this machine sees nothing of it. */
export function forgetLastKnown(): void {
  try {
    localStorage.removeItem(STORED_AS)
  } catch {
    // Nothing was kept.
  }
}
