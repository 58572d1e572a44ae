import type { SessionView } from '@paikea/api/contract'
import { useState, type FormEvent } from 'react'
import { failureWords } from '../shell/failure-words.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { RequestFailure } from '../api/fetch-or-throw.ts'
import { ForgottenPassword } from './forgotten-password.tsx'
import { ProviderButton } from './provider-button.tsx'
import { logIn } from './session.ts'

/** Asks for e-mail and password. */
export function LogInForm({ onLoggedIn }: { readonly onLoggedIn: (session: SessionView) => void }) {
  const { t } = usePreferences()
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const [needsCode, setNeedsCode] = useState(false)
  const [hasForgotten, setHasForgotten] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setIsBusy(true)
    setError(null)
    try {
      const code = needsCode ? textOf(fields.get('code')) : undefined
      onLoggedIn(await logIn(textOf(fields.get('email')), textOf(fields.get('password')), code))
    } catch (failure) {
      if (failure instanceof RequestFailure && failure.code === 'second-factor-required') setNeedsCode(true)
      setError(failure instanceof Error ? failureWords(failure, t) : t('That did not work.'))
      setIsBusy(false)
    }
  }

  if (hasForgotten) return <ForgottenPassword onBack={() => setHasForgotten(false)} />
  return (
    <main className="log-in">
      <form onSubmit={(event) => void submit(event)} aria-labelledby="log-in-title">
        <h1 id="log-in-title">
          <img src="/buoy.svg" alt="" width="32" height="32" /> Paikea
        </h1>
        <label>
          {t('E-mail')}
          <input name="email" type="text" inputMode="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          {t('Password')}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {needsCode && (
          <label>
            {t('Code from your authenticator, or a recovery code')}
            <input name="code" type="text" autoComplete="one-time-code" maxLength={40} required autoFocus />
          </label>
        )}
        <p className="form-error" role="alert">
          {error}
        </p>
        <button type="submit" disabled={isBusy}>
          {isBusy ? t('Logging in…') : t('Log in')}
        </button>
        <ProviderButton onFailed={setError} />
        <button type="button" className="quiet" onClick={() => setHasForgotten(true)}>
          {t('Forgot the password?')}
        </button>
      </form>
    </main>
  )
}

/** A form field is a text or a file; these are never files. */
function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : ''
}
