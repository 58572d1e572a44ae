import { formatAge } from '../format/age.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { useNow } from '../shell/use-now.ts'

/**
 * Shown above every screen while off-line, so that old data always shows its age. @param readAt by this machine's clock
 */
export function OfflineNotice({ readAt }: { readonly readAt: number }) {
  const { t, moment } = usePreferences()
  const now = useNow()
  return (
    <section className="page" aria-label={t('Connection')}>
      <p className="notice notice-stale" role="alert">
        {t('Offline: what you see was loaded {age} ago ({time}). It is not live.', {
          age: formatAge(now - readAt),
          time: moment(new Date(readAt).toISOString()),
        })}
      </p>
    </section>
  )
}
