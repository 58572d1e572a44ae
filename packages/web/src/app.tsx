import type { SessionView } from '@paikea/api/contract'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { RequestFailure } from './api/fetch-or-throw.ts'
import { FleetPage } from './fleet/fleet-page.tsx'
import { forgetLastKnown, type LastKnown, offlineSession, readLastKnown } from './offline/last-known.ts'
import { OfflineNotice } from './offline/offline-notice.tsx'
import { LogInForm } from './session/log-in-form.tsx'
import { logOut, readSession } from './session/session.ts'
import { SessionContext } from './session/use-session.tsx'
import { failureWords } from './shell/failure-words.ts'
import { Frame } from './shell/frame.tsx'
import { LastKnownProvider, LiveProvider } from './shell/live.tsx'
import { usePreferences } from './shell/preferences.tsx'
import { ScreenBoundary } from './shell/screen-boundary.tsx'
import { StaleWarning } from './shell/stale-warning.tsx'

type AppState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly failure: Error; readonly known: LastKnown | null }
  | { readonly kind: 'logged-out' }
  | { readonly kind: 'logged-in'; readonly session: SessionView }

/** A screen on a wall has nobody to press the button. */
const RETRY_MS = 5_000

const MapPage = lazy(async () => ({ default: (await import('./map/map-page.tsx')).MapPage }))
const loadDevicePage = () => import('./device/device-page.tsx')
const loadChart = () => import('./device/chart.tsx')
const DevicePage = lazy(async () => ({ default: (await loadDevicePage()).DevicePage }))
const MessagesPage = lazy(async () => ({ default: (await import('./messages/messages-page.tsx')).MessagesPage }))
const InboxPage = lazy(async () => ({ default: (await import('./messages/inbox-page.tsx')).InboxPage }))
const InboundLife = lazy(async () => ({ default: (await import('./messages/message-life.tsx')).InboundLife }))
const OutboundLife = lazy(async () => ({ default: (await import('./messages/message-life.tsx')).OutboundLife }))
const AccountPage = lazy(async () => ({ default: (await import('./account/account-page.tsx')).AccountPage }))
const SetupPage = lazy(async () => ({ default: (await import('./setup/setup-page.tsx')).SetupPage }))

/** Determines the session and shows the page for it. */
export function App() {
  const { t } = usePreferences()
  const queries = useQueryClient()
  const [state, setState] = useState<AppState>({ kind: 'starting' })
  const onLoggedOut = useCallback(() => {
    forgetLastKnown()
    queries.clear()
    setState({ kind: 'logged-out' })
  }, [queries])
  const onLoggedIn = useCallback((session: SessionView) => setState({ kind: 'logged-in', session }), [])
  const start = useCallback(() => {
    readSession().then(
      (session) => (session === null ? onLoggedOut() : onLoggedIn(session)),
      (error: unknown) => {
        const isCutOff = error instanceof RequestFailure && error.status === null
        const failure = error instanceof Error ? error : new Error('That did not work.')
        const known = isCutOff ? readLastKnown() : null
        // Retried every few seconds: keep what is on the screen.
        setState((before) =>
          before.kind === 'failed' && before.known !== null && before.known.readAt === known?.readAt
            ? { ...before }
            : { kind: 'failed', failure, known },
        )
      },
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
      return (
        <main>
          <p className="notice">{t('One moment…')}</p>
        </main>
      )
    case 'failed':
      if (state.known !== null) {
        return (
          <SessionContext value={offlineSession(state.known.session)}>
            <LastKnownProvider known={state.known} onRetry={start}>
              <Frame onLogOut={onLoggedOut}>
                <OfflineNotice readAt={state.known.readAt} />
                <Screens />
              </Frame>
            </LastKnownProvider>
          </SessionContext>
        )
      }
      return (
        <main className="page">
          <div className="notice notice-error" role="alert">
            <p>
              {failureWords(state.failure, t)} {t('This page retries automatically.')}
            </p>
            <button type="button" onClick={start}>
              {t('Try again')}
            </button>
          </div>
        </main>
      )
    case 'logged-out':
      return <LogInForm onLoggedIn={onLoggedIn} />
    case 'logged-in': {
      const { session } = state
      return (
        <SessionContext value={session}>
          <LiveProvider onLoggedOut={onLoggedOut}>
            {/* Logs out on this page even if the service cannot be reached. */}
            <Frame onLogOut={() => void logOut(session).then(onLoggedOut, onLoggedOut)}>
              <StaleWarning />
              <Screens />
            </Frame>
          </LiveProvider>
        </SessionContext>
      )
    }
  }
}

/** Loads the device page through a new service worker, so that it can be opened off-line at sea. */
function keepDevicePage(): void {
  if (!('serviceWorker' in navigator)) return
  void navigator.serviceWorker.ready.then(() => Promise.all([loadDevicePage(), loadChart()])).catch(() => undefined)
}

function Screens() {
  const { t } = usePreferences()
  const [at] = useLocation()
  useEffect(keepDevicePage, [])
  const broken = (
    <main className="page">
      <div className="notice notice-error" role="alert">
        <p>
          {t('This screen cannot be opened now. Without a network, only screens opened here before are available.')}
        </p>
        <button type="button" onClick={() => window.location.reload()}>
          {t('Try again')}
        </button>
      </div>
    </main>
  )
  return (
    <ScreenBoundary at={at} fallback={broken}>
      <Suspense fallback={<p className="notice">{t('Loading…')}</p>}>
        <Switch>
          <Route path="/">
            <FleetPage />
          </Route>
          <Route path="/map">
            <MapPage />
          </Route>
          <Route path="/devices/:iam">{({ iam }) => <DevicePage key={iam} iam={decodeURIComponent(iam)} />}</Route>
          <Route path="/messages">
            <MessagesPage direction="in" />
          </Route>
          <Route path="/messages/out">
            <MessagesPage direction="out" />
          </Route>
          <Route path="/messages/in/:id">{({ id }) => <InboundLife id={Number(id)} />}</Route>
          <Route path="/messages/out/:id">{({ id }) => <OutboundLife id={Number(id)} />}</Route>
          <Route path="/inbox">
            <InboxPage />
          </Route>
          <Route path="/account">
            <AccountPage />
          </Route>
          <Route path="/setup/:part?">{({ part }) => <SetupPage part={part ?? null} />}</Route>
          <Route>
            <main className="page">
              <h1>404</h1>
              <p className="notice">{t('This page does not exist.')}</p>
            </main>
          </Route>
        </Switch>
      </Suspense>
    </ScreenBoundary>
  )
}
