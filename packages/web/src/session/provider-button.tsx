import { useEffect, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { failureWords } from '../shell/failure-words.ts'
import { usePreferences } from '../shell/preferences.tsx'

/** Addresses the service redirects to when a sign-in through the identity provider failed, with the reason. */
const ENDS: Readonly<Record<string, 'no-account' | 'failed' | 'over'>> = {
  '?sign-in=no-account': 'no-account',
  '?sign-in=failed': 'failed',
  '?sign-in=over': 'over',
}

/** "Sign in with …"; renders nothing if no identity provider is configured. */
export function ProviderButton({ onFailed }: { readonly onFailed: (reason: string) => void }) {
  const { t } = usePreferences()
  const [name, setName] = useState<string | null>(null)

  useEffect(() => {
    const end = ENDS[window.location.search]
    if (end === 'no-account') onFailed(t('No account here belongs to that identity. Ask an administrator for one.'))
    else if (end !== undefined) onFailed(t('Signing in there did not work. Try again.'))
    callApi('GET /v1/session/options', {}).then(
      ({ provider }) => setName(provider?.name ?? null),
      // The form above reports connection problems.
      () => setName(null),
    )
    // Only when the form appears: the outcome belongs to the address it was opened with.
  }, [])

  async function begin(): Promise<void> {
    try {
      const { url } = await callApi('POST /v1/session/oidc', {})
      window.location.assign(url)
    } catch (failure) {
      onFailed(failure instanceof Error ? failureWords(failure, t) : t('Signing in there did not work. Try again.'))
    }
  }

  if (name === null) return null
  return (
    <button type="button" onClick={() => void begin()}>
      {t('Sign in with {name}', { name })}
    </button>
  )
}
