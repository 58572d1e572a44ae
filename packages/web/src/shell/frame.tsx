import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from './preferences.tsx'
import { useArrival } from './use-arrival.ts'

const PLACES = [
  { path: '/', title: 'Fleet', mark: '≡' },
  { path: '/map', title: 'Map', mark: '◎' },
  { path: '/messages', title: 'Messages', mark: '⇄' },
  { path: '/inbox', title: 'Inbox', mark: '!' },
  { path: '/setup', title: 'Set-up', mark: '⚙' },
] as const

/** Header, navigation and content: common to all screens. */
export function Frame({ onLogOut, children }: { readonly onLogOut: () => void; readonly children: ReactNode }) {
  const { t } = usePreferences()
  const { user } = useSession()
  const [at] = useLocation()
  const place = PLACES.find(({ path }) => isAt(path, at))
  const device = /^\/devices\/([\w-]+)$/.exec(at)?.[1]
  useArrival(at, device ?? t(place?.title ?? 'Your account'))
  return (
    <>
      <a className="skip" href="#content">
        {t('Skip to content')}
      </a>
      <header className="top">
        <Link className="brand" href="/">
          <img src="/buoy.svg" alt="" width="24" height="24" /> Paikea
        </Link>
        <Link className="who" href="/account" aria-label={`${t('Your account')}: ${user.displayName || user.email}`}>
          {user.displayName || user.email}
        </Link>
        <button type="button" className="quiet" onClick={onLogOut}>
          {t('Log out')}
        </button>
      </header>
      <nav className="places" aria-label="Paikea">
        {PLACES.map(({ path, title, mark }) => {
          return (
            <Link key={path} href={path} aria-current={isAt(path, at) ? 'page' : undefined}>
              <span aria-hidden="true">{mark}</span> {t(title)}
            </Link>
          )
        })}
      </nav>
      <div id="content" tabIndex={-1}>
        {children}
      </div>
    </>
  )
}

/** Whether an address belongs to a navigation entry: a device is part of the fleet. */
function isAt(path: string, at: string): boolean {
  return path === '/' ? at === '/' || at.startsWith('/devices') : at.startsWith(path)
}
