import { ConnectionBadge } from '../shell/connection-badge.tsx'
import { FleetMissing } from '../shell/fleet-missing.tsx'
import { useNow } from '../shell/use-now.ts'
import { Link } from 'wouter'
import { FoundFleet } from './found-fleet.tsx'
import { useLive } from '../shell/live.tsx'
import { useAlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import type { LiveFleet } from './use-fleet.ts'

/** The home page: the fleet, live. */
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
      <FleetContent live={live} now={now + live.clockOffsetMs} />
      <p className="visually-hidden" aria-live="polite">
        {live.lastReporter === null ? '' : t('{iam} has reported.', { iam: live.lastReporter })}
      </p>
    </main>
  )
}

function FleetContent({ live, now }: { readonly live: LiveFleet; readonly now: number }) {
  const { t } = usePreferences()
  const { fleet } = live
  const alertsOf = useAlertsOf()
  if (fleet === null) return <FleetMissing live={live} />
  if (fleet.items.length === 0) {
    return (
      <p className="notice">
        {t('There are no devices yet.')} <Link href="/setup/first-run">{t('Connect the vendor’s portal')}</Link>,{' '}
        {t('and then')} <Link href="/setup/modems">{t('create a device')}</Link>; {t('its reports then appear here.')}
      </p>
    )
  }
  return <FoundFleet devices={fleet.items} now={now} alertsOf={alertsOf} />
}
