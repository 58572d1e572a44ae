import { formatAge } from '../format/age.ts'
import { failureWords } from './failure-words.ts'
import { useLive } from './live.tsx'
import { usePreferences } from './preferences.tsx'
import { useNow } from './use-now.ts'

/** A short interruption should not alarm anyone. */
const STALE_AFTER_MS = 10_000

/** On every screen: an operator must never take stale data for live data. */
export function StaleWarning() {
  const { t, moment } = usePreferences()
  const now = useNow()
  const { connection, connectionSince, readAt, error, fleet } = useLive()
  const isCutOff = connection !== 'live' && now - connectionSince > STALE_AFTER_MS
  if (fleet === null || readAt === null || (!isCutOff && error === null)) return null
  const since = isCutOff ? connectionSince : readAt
  return (
    <section className="page" aria-label={t('Connection')}>
      <p className="notice notice-stale" role="alert">
        {t('Not live: what you see is as of {time}, {age} ago.', {
          time: moment(new Date(since).toISOString()),
          age: formatAge(now - since),
        })}
        {error === null ? '' : ` ${failureWords(error, t)}`}
      </p>
    </section>
  )
}
