import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, OwnPasswordField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/** Recovery codes in case the phone is lost: how many are left, and new ones, shown only once. */
export function RecoveryCodes() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const [password, setPassword] = useState('')
  const factor = useQuery({
    queryKey: ['second-factor'],
    queryFn: ({ signal }) => callApi('GET /v1/session/second-factor', { signal }),
  })
  const make = useAction(async () => {
    const made = await callApi('POST /v1/session/recovery-codes', { body: { password }, csrfToken })
    setPassword('')
    return made
  }, 'second-factor')
  return (
    <section aria-labelledby="codes-title">
      <h3 id="codes-title">{t('Recovery codes')}</h3>
      <Loaded of={factor}>
        {({ recoveryCodesLeft }) => (
          <p>{t('Each lets you log in once without your phone. {count} are left.', { count: recoveryCodesLeft })}</p>
        )}
      </Loaded>
      <Form label={t('Recovery codes')} onSubmit={() => make.mutate()}>
        <OwnPasswordField label={t('Your password, for new codes')} value={password} onChange={setPassword} />
        <button type="submit" className="quiet" disabled={make.isPending}>
          {t('Create new codes; the old ones stop working')}
        </button>
      </Form>
      {make.data !== undefined && (
        <div className="notice" role="status">
          <p>{t('Write them down now; they are not shown again:')}</p>
          <ul className="plain codes">
            {make.data.codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Failure of={make.error} />
    </section>
  )
}
