import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/** Buttons for a pending command: release a held one, cancel one that has not left. */
export function CommandButtons(props: { readonly iam: string; readonly id: number; readonly state: string }) {
  const { iam, id, state } = props
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const params = { iam, id }
  const send = useAction(
    () => callApi('POST /v1/devices/:iam/commands/:id/send', { params, csrfToken }),
    'commands',
    'outbound',
  )
  const cancel = useAction(
    () => callApi('POST /v1/devices/:iam/commands/:id/cancel', { params, csrfToken }),
    'commands',
    'outbound',
  )
  const error = send.error ?? cancel.error
  const isHeld = state === 'needs-decision'
  if (!may('operator') || (!isHeld && state !== 'queued')) return null
  return (
    <div>
      <span className="buttons">
        {isHeld && (
          <button type="button" disabled={send.isPending} onClick={() => send.mutate()}>
            {t('Send')}
          </button>
        )}
        <button type="button" className="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('Cancel')}
        </button>
      </span>
      {error !== null && <Failure of={error} />}
    </div>
  )
}
