import { lazy, Suspense, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, OwnPasswordField, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }))

/** Sets up, confirms and removes the second factor: an authenticator's code at each login. */
export function SecondFactor() {
  const { t } = usePreferences()
  const { csrfToken, user } = useSession()
  const [isSet, setIsSet] = useState(user.hasSecondFactor)
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useAction(() => callApi('POST /v1/session/second-factor', { body: { password }, csrfToken }))
  const confirm = useAction(async () => {
    await callApi('PUT /v1/session/second-factor', { body: { code }, csrfToken })
    begin.reset()
    setPassword('')
    setCode('')
    setIsSet(true)
  })
  const end = useAction(async () => {
    await callApi('POST /v1/session/second-factor/end', { body: { password }, csrfToken })
    setPassword('')
    setIsSet(false)
  })
  const made = begin.data
  return (
    <section aria-labelledby="factor-title">
      <h2 id="factor-title">{t('Second factor')}</h2>
      <p>
        {isSet
          ? t('Logging in requires a code from your authenticator.')
          : t(
              'Without one, anyone who knows your password can log in. With one, logging in also requires a code from an app on your phone.',
            )}
      </p>
      {made === undefined ? (
        <Form label={t('Second factor')} onSubmit={() => (isSet ? end.mutate(undefined) : begin.mutate(undefined))}>
          <OwnPasswordField label={t('Your password')} value={password} onChange={setPassword} />
          <button type="submit" className={isSet ? 'quiet' : ''} disabled={begin.isPending || end.isPending}>
            {isSet ? t('Remove the second factor') : t('Set up a second factor')}
          </button>
        </Form>
      ) : (
        <div className="notice">
          <p>{t('Scan this code with your authenticator, open the link on this phone, or type the secret.')}</p>
          <Suspense fallback={null}>
            <QrCode text={made.uri} label={t('The secret as a QR code')} />
          </Suspense>
          <p>
            <a href={made.uri}>{t('Open in the authenticator')}</a>
          </p>
          <p>
            <code>{made.secret}</code>
          </p>
          <Form label={t('Show a code')} onSubmit={() => confirm.mutate(undefined)}>
            <TextField
              label={t('Code from your authenticator')}
              value={code}
              maxLength={6}
              autoComplete="one-time-code"
              isRequired
              onChange={setCode}
            />
            <button type="submit" disabled={confirm.isPending}>
              {t('Confirm')}
            </button>
          </Form>
        </div>
      )}
      <Failure of={confirm.error ?? begin.error ?? end.error} />
      {isSet && <RecoveryCodes />}
    </section>
  )
}
