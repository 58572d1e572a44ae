import type { LiveFleet } from '../fleet/use-fleet.ts'
import { failureWords } from './failure-words.ts'
import { usePreferences } from './preferences.tsx'

/** In the place of what needs the fleet, while it is not there: being read, or why it cannot be. */
export function FleetMissing({ live }: { readonly live: LiveFleet }) {
  const { t } = usePreferences()
  const { error, refresh } = live
  if (error === null) return <p className="notice">{t('Reading the fleet…')}</p>
  return (
    <div className="notice notice-error" role="alert">
      <p>
        {t('The fleet cannot be shown:')} {failureWords(error, t)} {t('This page tries again by itself.')}
      </p>
      <button type="button" onClick={refresh}>
        {t('Try again')}
      </button>
    </div>
  )
}
