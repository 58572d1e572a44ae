import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, OwnPasswordField, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/** Sets a new password; sessions elsewhere end. */
export function OwnPassword() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const [password, setPassword] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const change = useAction(async () => {
    await callApi('PUT /v1/session/password', { body: { password, newPassword }, csrfToken })
    setPassword('')
    setNewPassword('')
  }, 'sessions')
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">{t('Password')}</h2>
      <Form label={t('Password')} onSubmit={() => change.mutate(undefined)}>
        <OwnPasswordField label={t('Current password')} value={password} onChange={setPassword} />
        <TextField
          label={t('New password')}
          type="password"
          value={newPassword}
          maxLength={1000}
          isRequired
          onChange={setNewPassword}
        />
        <button type="submit" disabled={change.isPending}>
          {t('Change password')}
        </button>
      </Form>
      {change.isSuccess && <p role="status">{t('The password is changed. Your other sessions have ended.')}</p>}
      <Failure of={change.error} />
    </section>
  )
}
