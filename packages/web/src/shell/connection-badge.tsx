import type { ConnectionState } from '../api/event-stream.ts'
import { usePreferences } from './preferences.tsx'

const WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting…',
  live: 'live',
  reconnecting: 'reconnecting…',
}

/** Shows whether the data is live. */
export function ConnectionBadge({ state }: { readonly state: ConnectionState }) {
  const { t } = usePreferences()
  return (
    <span className={`badge badge-${state}`} role="status">
      <span className="dot" aria-hidden="true" />
      {t(WORDS[state])}
    </span>
  )
}
