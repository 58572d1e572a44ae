import { ConnectionBadge } from '../shell/connection-badge.tsx'
import { useNow } from '../shell/use-now.ts'
import { formatAge, formatUtc } from '../format/age.ts'
import { Link } from 'wouter'
import { FleetTable } from './fleet-table.tsx'
import { useLive } from '../shell/live.tsx'
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
        {live.lastReporter === null ? '' : `${live.lastReporter} has reported.`}
      </p>
    </main>
  )
}

function FleetContent({ live, now }: { readonly live: LiveFleet; readonly now: number }) {
  const { fleet, error, refresh } = live
  if (fleet === null) {
    if (error === null) return <p className="notice">Reading the fleet…</p>
    return (
      <div className="notice notice-error" role="alert">
        <p>The fleet cannot be shown: {error.message} This page tries again by itself.</p>
        <button type="button" onClick={refresh}>
          Try again
        </button>
      </div>
    )
  }
  if (fleet.items.length === 0) {
    return (
      <p className="notice">
        There is no device yet. <Link href="/setup/first-run">Connect the vendor’s portal</Link>, then{' '}
        <Link href="/setup/modems">make a device</Link>; its reports then appear here.
      </p>
    )
  }
  return <FleetTable devices={fleet.items} now={now} />
}

/** An operator must never take old data for live ones. */
function StaleWarning({ live, now }: { readonly live: LiveFleet; readonly now: number }) {
  const { connection, connectionSince, readAt, error, fleet } = live
  const isCutOff = connection !== 'live' && now - connectionSince > STALE_AFTER_MS
  if (fleet === null || readAt === null || (!isCutOff && error === null)) return null
  const since = isCutOff ? connectionSince : readAt
  return (
    <p className="notice notice-stale" role="alert">
      Not live: what you see is as of {formatUtc(new Date(since).toISOString())}, {formatAge(now - since)} ago.
      {error === null ? '' : ` ${error.message}`}
    </p>
  )
}
