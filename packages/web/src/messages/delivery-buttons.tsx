import type { OutboundView } from '@paikea/api/contract'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import type { Language, Translate } from '../i18n/translate.ts'
import { reasonText } from '../format/codes.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

type Sent = Pick<OutboundView, 'id' | 'state' | 'reason' | 'stateReason' | 'stateReasonCode'>

/** Whether a message waits for credits, or was stopped because programs seem to be looping. */
export function isStopped({ state, stateReasonCode }: Sent): boolean {
  return state === 'queued' && /^(?:airtime-|message-loop$)/.test(stateReasonCode ?? '')
}

/** Why an outbound message waits for an operator, and what to do. */
export function deliveryWords(item: Sent, t: Translate, language: Language): string {
  if (isStopped(item)) {
    const reason = reasonText({ code: item.stateReasonCode ?? '–', detail: item.stateReason }, t, language)
    return t('It was stopped: {reason}. Let it pass if it is intended, or cancel it.', { reason: withoutStop(reason) })
  }
  if (item.state === 'parked') {
    const reason = item.reason === null ? '–' : reasonText(item.reason, t, language)
    return t('It is parked: {reason}. Fix the cause, then resume it, or cancel it.', {
      reason: withoutStop(reason),
    })
  }
  return t('It is unknown whether the receiver accepted it. Ask there before you send it again.')
}

/** Buttons for an outbound message, by its state. */
export function DeliveryButtons(item: Sent) {
  const { id, state } = item
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const [reason, setReason] = useState('')
  const params = { id }
  const resume = useAction(() => callApi('POST /v1/messages/outbound/:id/resume', { params, csrfToken }), 'outbound')
  const cancel = useAction(() => callApi('POST /v1/messages/outbound/:id/cancel', { params, csrfToken }), 'outbound')
  const arrived = useAction(() => callApi('POST /v1/messages/outbound/:id/arrived', { params, csrfToken }), 'outbound')
  const resend = useAction(() => callApi('POST /v1/messages/outbound/:id/resend', { params, csrfToken }), 'outbound')
  const waive = useAction(
    () => callApi('POST /v1/messages/outbound/:id/waive', { params, body: { reason }, csrfToken }),
    'outbound',
  )
  if (!may('operator')) return null
  const error = resume.error ?? cancel.error ?? arrived.error ?? resend.error ?? waive.error
  return (
    <div>
      <span className="buttons">
        {state === 'parked' && (
          <button type="button" disabled={resume.isPending} onClick={() => resume.mutate(undefined)}>
            {t('Resume')}
          </button>
        )}
        {state === 'unknown' && (
          <>
            <button type="button" disabled={arrived.isPending} onClick={() => arrived.mutate(undefined)}>
              {t('It has arrived')}
            </button>
            <button
              type="button"
              className="quiet"
              disabled={resend.isPending}
              onClick={() => resend.mutate(undefined)}
            >
              {t('Send it again')}
            </button>
          </>
        )}
        {(state === 'parked' || state === 'queued') && (
          <button type="button" className="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {t('Cancel')}
          </button>
        )}
      </span>
      {isStopped(item) && (
        <Form label={t('Let it pass')} onSubmit={() => waive.mutate(undefined)}>
          <TextField
            label={t('Reason to let it pass')}
            value={reason}
            maxLength={300}
            isRequired
            onChange={setReason}
          />
          <button type="submit" disabled={waive.isPending}>
            {t('Let it pass')}
          </button>
        </Form>
      )}
      {error !== null && <Failure of={error} />}
    </div>
  )
}

/** The surrounding sentence has its own full stop. */
function withoutStop(words: string): string {
  return words.replace(/\.$/, '')
}
