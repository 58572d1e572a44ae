import type { ApiContract, EndpointView } from '@paikea/api/contract'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { endpointName } from '../setup/endpoint-words.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

type VendorAccount = ApiContract['GET /v1/vendor-accounts']['answer']['items'][number]

/** An account that refuses everything: all its deliveries wait. */
export function AccountCard({ account }: { readonly account: VendorAccount }) {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const { kind, name, stateReason, whatToDo, stateChangedAt, waiting } = account
  const resume = useAction(
    () => callApi('POST /v1/vendor-accounts/:kind/resume', { params: { kind }, csrfToken }),
    'outbound',
  )
  return (
    <li>
      <h2>{t('{name} accepts no messages', { name })}</h2>
      <p>
        {stateReason} {whatToDo} {t('Since {time}.', { time: moment(stateChangedAt) })}{' '}
        {t('{count} messages wait.', { count: waiting })}
      </p>
      {may('operator') && (
        <button type="button" disabled={resume.isPending} onClick={() => resume.mutate(undefined)}>
          {t('It is fixed: resume')}
        </button>
      )}
      {resume.error !== null && <Failure of={resume.error} />}
    </li>
  )
}

/** An endpoint that needs an operator; its card on the endpoints screen offers all actions. */
export function EndpointCard({ endpoint }: { readonly endpoint: EndpointView }) {
  const { t, moment } = usePreferences()
  return (
    <li>
      <h2>
        <Link href="/setup/endpoints">{t('{name} accepts no messages', { name: endpointName(endpoint) })}</Link>
      </h2>
      <p>
        {endpoint.stateReason} {t('Since {time}.', { time: moment(endpoint.stateChangedAt) })}
      </p>
    </li>
  )
}
