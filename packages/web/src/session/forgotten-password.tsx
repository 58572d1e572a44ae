import { type FormEvent, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { failureWords } from '../shell/failure-words.ts'
import { usePreferences } from '../shell/preferences.tsx'

/** Requests a mailed link that sets a new password. Its message is the same for every address. */
export function ForgottenPassword({ onBack }: { readonly onBack: () => void }) {
  const { t } = usePreferences()
  const [email, setEmail] = useState('')
  const [isAsked, setIsAsked] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    setError(null)
    callApi('POST /v1/password-links', { body: { email } }).then(
      () => setIsAsked(true),
      (failure: unknown) => setError(failure instanceof Error ? failureWords(failure, t) : t('That did not work.')),
    )
  }
  return (
    <main className="log-in">
      <form onSubmit={ask} aria-labelledby="forgotten-title">
        <h1 id="forgotten-title">{t('Forgot the password?')}</h1>
        {isAsked ? (
          <p role="status">
            {t(
              'If there is an account with this e-mail address, and this service can send mail, a link is on its way. It is valid for an hour.',
            )}
          </p>
        ) : (
          <>
            <label>
              {t('E-mail')}
              <input
                name="email"
                type="email"
                autoComplete="username"
                maxLength={254}
                required
                autoFocus
                value={email}
                onChange={({ target }) => setEmail(target.value)}
              />
            </label>
            <p className="form-error" role="alert">
              {error}
            </p>
            <button type="submit">{t('Send me a link')}</button>
          </>
        )}
        <button type="button" className="quiet" onClick={onBack}>
          {t('Back to the log-in')}
        </button>
      </form>
    </main>
  )
}
