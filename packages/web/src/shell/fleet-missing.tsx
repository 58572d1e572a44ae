import type { LiveFleet } from '../fleet/use-fleet.ts'
import { failureWords } from './failure-words.ts'
import { usePreferences } from './preferences.tsx'

/** Placeholder for anything that needs the fleet: it is loading, or says why it cannot be loaded. */
export function FleetMissing({ live }: { readonly live: LiveFleet }) {
  const { t } = usePreferences()
  const { error, refresh } = live
  if (error === null) return <p className="notice">{t('Loading the fleet…')}</p>
  return (
    <div className="notice notice-error" role="alert">
      <p>
        {t('The fleet cannot be shown:')} {failureWords(error, t)} {t('This page retries automatically.')}
      </p>
      <button type="button" onClick={refresh}>
        {t('Try again')}
      </button>
    </div>
  )
}
