import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { type Preferences, usePreferences } from '../shell/preferences.tsx'
import { useSession } from '../session/use-session.tsx'
import { Airtime } from './airtime.tsx'
import { Alerts } from './alerts.tsx'
import { Approvals } from './approvals.tsx'
import { Audit } from './audit.tsx'
import { Endpoints } from './endpoints.tsx'
import { FirstRun } from './first-run.tsx'
import { Modems } from './modems.tsx'
import { Releases } from './releases.tsx'
import { Rollouts } from './rollouts.tsx'
import { Routes } from './routes.tsx'
import { Tokens } from './tokens.tsx'
import { Users } from './users.tsx'

const PARTS: Readonly<
  Record<string, { readonly title: string; readonly show: () => ReactNode; readonly isForAdmins?: true }>
> = {
  'first-run': { title: 'First run', show: () => <FirstRun /> },
  modems: { title: 'Modems', show: () => <Modems /> },
  approvals: { title: 'Approvals', show: () => <Approvals /> },
  routes: { title: 'Routes', show: () => <Routes /> },
  endpoints: { title: 'Endpoints', show: () => <Endpoints /> },
  releases: { title: 'Releases', show: () => <Releases /> },
  rollouts: { title: 'Roll-outs', show: () => <Rollouts /> },
  alerts: { title: 'Alerts', show: () => <Alerts /> },
  airtime: { title: 'Airtime', show: () => <Airtime /> },
  users: { title: 'Users', show: () => <Users />, isForAdmins: true },
  tokens: { title: 'Tokens', show: () => <Tokens />, isForAdmins: true },
  audit: { title: 'Audit', show: () => <Audit />, isForAdmins: true },
}

/** Everything that is set up once, and this machine's own preferences. */
export function SetupPage({ part }: { readonly part: string | null }) {
  const { t } = usePreferences()
  const { may } = useSession()
  const shown = part === null ? undefined : PARTS[part]
  const isAllowed = shown?.isForAdmins !== true || may('admin')
  return (
    <main className="page">
      <div className="page-head">
        <h1>{shown === undefined ? t('Set-up') : t(shown.title)}</h1>
      </div>
      {part === null && <Choices />}
      {part !== null && shown === undefined && <p className="notice">{t('This page does not exist.')}</p>}
      {isAllowed ? shown?.show() : <p className="notice">{t('This is for administrators.')}</p>}
      <nav aria-label={t('Set-up')}>
        <ul className="links">
          {Object.entries(PARTS)
            .filter(([, { isForAdmins }]) => isForAdmins !== true || may('admin'))
            .map(([path, { title }]) => (
              <li key={path}>
                <Link href={`/setup/${path}`} aria-current={path === part ? 'page' : undefined}>
                  {t(title)}
                </Link>
              </li>
            ))}
        </ul>
      </nav>
    </main>
  )
}

const CHOICES = [
  {
    name: 'language',
    title: 'Language',
    values: [
      ['en', 'English'],
      ['es', 'Español'],
    ],
  },
  {
    name: 'theme',
    title: 'Appearance',
    values: [
      ['auto', 'As the device'],
      ['light', 'Light'],
      ['dark', 'Dark'],
      ['sun', 'Sun (high contrast)'],
    ],
  },
  {
    name: 'clock',
    title: 'Times',
    values: [
      ['utc', 'UTC'],
      ['local', 'Local'],
    ],
  },
  {
    name: 'coordinates',
    title: 'Coordinates',
    values: [
      ['ddm', 'Degrees, minutes'],
      ['dms', 'Degrees, minutes, seconds'],
      ['decimal', 'Decimal degrees'],
    ],
  },
] as const

function Choices() {
  const preferences = usePreferences()
  const { t, change } = preferences
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      {CHOICES.map(({ name, title, values }) => (
        <label key={name}>
          {t(title)}
          <select
            value={preferences[name]}
            onChange={({ target }) => change({ [name]: target.value } as Partial<Preferences>)}
          >
            {values.map(([value, words]) => (
              <option key={value} value={value}>
                {t(words)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {!window.isSecureContext && (
        <p className="notice">
          {t(
            'This address is not HTTPS: the browser keeps no off-line copy of the page, and does not share your location.',
          )}
        </p>
      )}
    </form>
  )
}
