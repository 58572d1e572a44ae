import { ConnectionBadge } from '../shell/connection-badge.tsx'
import { useNow } from '../shell/use-now.ts'
import { formatAge, formatUtc } from '../format/age.ts'
import { Link } from 'wouter'
import { FoundFleet } from './found-fleet.tsx'
import { useLive } from '../shell/live.tsx'
import { useAlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import type { LiveFleet } from './use-fleet.ts'

/** A short break is no reason to alarm anybody. */
const STALE_AFTER_MS = 10_000

/** The first page: the fleet, live. */
export function FleetPage() {
  const { t } = usePreferences()
  const live = useLive()
  const now = useNow()
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('Fleet')}</h1>
        <ConnectionBadge state={live.connection} />
      </div>
      <StaleWarning live={live} now={now} />
      <FleetContent live={live} now={now + live.clockOffsetMs} />
      <p className="visually-hidden" aria-live="polite">
        {live.lastReporter === null ? '' : t('{iam} has reported.', { iam: live.lastReporter })}
      </p>
    </main>
  )
}

function FleetContent({ live, now }: { readonly live: LiveFleet; readonly now: number }) {
  const { t } = usePreferences()
  const { fleet, error, refresh } = live
  const alertsOf = useAlertsOf()
  if (fleet === null) {
    if (error === null) return <p className="notice">{t('Reading the fleet…')}</p>
    return (
      <div className="notice notice-error" role="alert">
        <p>
          {t('The fleet cannot be shown:')} {error.message} {t('This page tries again by itself.')}
        </p>
        <button type="button" onClick={refresh}>
          {t('Try again')}
        </button>
      </div>
    )
  }
  if (fleet.items.length === 0) {
    return (
      <p className="notice">
        {t('There is no device yet.')} <Link href="/setup/first-run">{t('Connect the vendor’s portal')}</Link>,{' '}
        {t('and then')} <Link href="/setup/modems">{t('make a device')}</Link>; {t('its reports then appear here.')}
      </p>
    )
  }
  return <FoundFleet devices={fleet.items} now={now} alertsOf={alertsOf} />
}

/** An operator must never take old data for live ones. */
function StaleWarning({ live, now }: { readonly live: LiveFleet; readonly now: number }) {
  const { t } = usePreferences()
  const { connection, connectionSince, readAt, error, fleet } = live
  const isCutOff = connection !== 'live' && now - connectionSince > STALE_AFTER_MS
  if (fleet === null || readAt === null || (!isCutOff && error === null)) return null
  const since = isCutOff ? connectionSince : readAt
  return (
    <p className="notice notice-stale" role="alert">
      {t('Not live: what you see is as of {time}, {age} ago.', {
        time: formatUtc(new Date(since).toISOString()),
        age: formatAge(now - since),
      })}
      {error === null ? '' : ` ${error.message}`}
    </p>
  )
}
