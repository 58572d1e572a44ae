import { formatAge } from '../format/age.ts'
import { FoundFleet } from '../fleet/found-fleet.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { useNow } from '../shell/use-now.ts'
import type { LastKnown } from './last-known.ts'

/** The fleet as this machine saw it last, never without its age. */
export function OfflinePage({ known }: { readonly known: LastKnown }) {
  const { t, moment } = usePreferences()
  const now = useNow()
  return (
    <main className="page">
      <h1>{t('Fleet')}</h1>
      <p className="notice notice-stale" role="alert">
        {t('Offline: what you see was read')} {formatAge(now - known.readAt)} {t('ago')} (
        {moment(new Date(known.readAt).toISOString())}). {t('It is not live.')}
      </p>
      <FoundFleet devices={known.fleet.items} now={now} />
    </main>
  )
}
