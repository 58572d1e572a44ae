import type { SessionView } from '@paikea/api/contract'
import { useCallback, useEffect, useState } from 'react'
import { FleetPage } from './fleet/fleet-page.tsx'
import { LogInForm } from './session/log-in-form.tsx'
import { logOut, readSession } from './session/session.ts'

type AppState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'logged-out' }
  | { readonly kind: 'logged-in'; readonly session: SessionView }

/** A screen on a wall has nobody who would press the button. */
const RETRY_MS = 5_000

/** The frame of all pages: who is here, and what that person sees. */
export function App() {
  const [state, setState] = useState<AppState>({ kind: 'starting' })
  const onLoggedOut = useCallback(() => setState({ kind: 'logged-out' }), [])
  const onLoggedIn = useCallback((session: SessionView) => setState({ kind: 'logged-in', session }), [])
  const start = useCallback(() => {
    readSession().then(
      (session) => (session === null ? onLoggedOut() : onLoggedIn(session)),
      (error: unknown) =>
        setState({ kind: 'failed', message: error instanceof Error ? error.message : 'That did not work.' }),
    )
  }, [onLoggedIn, onLoggedOut])
  useEffect(start, [start])
  useEffect(() => {
    if (state.kind !== 'failed') return
    const timer = setTimeout(start, RETRY_MS)
    return () => clearTimeout(timer)
  }, [state, start])

  switch (state.kind) {
    case 'starting':
      return <p className="notice">One moment…</p>
    case 'failed':
      return (
        <main className="page">
          <div className="notice notice-error" role="alert">
            <p>{state.message} This page tries again by itself.</p>
            <button type="button" onClick={start}>
              Try again
            </button>
          </div>
        </main>
      )
    case 'logged-out':
      return <LogInForm onLoggedIn={onLoggedIn} />
    case 'logged-in':
      return (
        <>
          <Header session={state.session} onLoggedOut={onLoggedOut} />
          <FleetPage onLoggedOut={onLoggedOut} />
        </>
      )
  }
}

function Header({ session, onLoggedOut }: { readonly session: SessionView; readonly onLoggedOut: () => void }) {
  const leave = (): void => {
    // Also when the service cannot be reached the page shows nothing any more.
    logOut(session).then(onLoggedOut, onLoggedOut)
  }
  return (
    <header className="top">
      <a className="brand" href="/">
        <img src="/buoy.svg" alt="" width="24" height="24" /> Paikea
      </a>
      <span className="who">{session.user.displayName || session.user.email}</span>
      <button type="button" className="quiet" onClick={leave}>
        Log out
      </button>
    </header>
  )
}
