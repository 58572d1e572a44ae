import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/**
 * The address for the vendor's portal. It contains a secret: shown only to system administrators, and only on request.
 */
export function WebhookAddress() {
  const { t } = usePreferences()
  const { csrfToken, user } = useSession()
  const [isCopied, setIsCopied] = useState(false)
  const show = useAction(() => callApi('POST /v1/webhook-address', { csrfToken }), 'audit')
  if (!user.isSystemAdmin) {
    return (
      <p className="notice">
        {t(
          'The address contains a secret: ask whoever runs this service. It was printed at the first start, and a system administrator can show it here.',
        )}
      </p>
    )
  }
  const address = show.data === undefined ? null : (show.data.url ?? `${window.location.origin}${show.data.path}`)
  return (
    <>
      {address === null ? (
        <p className="buttons">
          <button type="button" disabled={show.isPending} onClick={() => show.mutate()}>
            {t('Show the address')}
          </button>{' '}
          {t('It contains a secret. Showing it is recorded in the audit log.')}
        </p>
      ) : (
        <p className="buttons" role="status">
          <code>{address}</code>
          <button
            type="button"
            className="quiet"
            onClick={() => void navigator.clipboard.writeText(address).then(() => setIsCopied(true))}
          >
            {isCopied ? t('Copied') : t('Copy')}
          </button>
        </p>
      )}
      <Failure of={show.error} />
    </>
  )
}
