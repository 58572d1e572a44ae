import type { EndpointView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { OUTCOME_WORDS, reasonText } from '../format/codes.ts'
import { useSession } from '../session/use-session.tsx'
import { TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Reason } from '../shell/reason.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { EndpointPreview } from './endpoint-preview.tsx'
import { addressWords, stateWord } from './endpoint-words.ts'
import { NewEndpoint } from './new-endpoint.tsx'

/** Destinations of deliveries, with their state and actions. */
export function Endpoints() {
  const { t } = usePreferences()
  const { may } = useSession()
  const endpoints = useQuery({
    queryKey: ['endpoints'],
    queryFn: ({ signal }) => callApi('GET /v1/endpoints', { query: { limit: 100 }, signal }),
    refetchInterval: 10_000,
  })
  return (
    <>
      <Loaded
        of={endpoints}
        isEmpty={({ items }) => items.length === 0}
        empty={t('No endpoints yet: messages are kept, and forwarded to no one.')}
      >
        {({ items }) => (
          <ul className="cards">
            {items.map((endpoint) => (
              <Endpoint key={endpoint.id} endpoint={endpoint} />
            ))}
          </ul>
        )}
      </Loaded>
      {may('operator') && <NewEndpoint />}
    </>
  )
}

function Endpoint({ endpoint }: { readonly endpoint: EndpointView }) {
  const { t, language, moment } = usePreferences()
  const { may } = useSession()
  const { state, stateReason, probeAt } = endpoint
  return (
    <li className={state === 'active' ? 'calm' : ''} data-endpoint={endpoint.id}>
      <h2>
        {endpoint.label ?? `${endpoint.kind} ${String(endpoint.id)}`}
        {endpoint.label !== null && <small> {endpoint.kind}</small>}
      </h2>
      <p className="address">{addressWords(endpoint)}</p>
      <p>
        <strong>{t(stateWord(state))}</strong>
        {stateReason !== null &&
          `: ${endpoint.stateReasonCode === null ? stateReason : reasonText({ code: endpoint.stateReasonCode, detail: stateReason }, t, language)}`}
        {state !== 'active' && ` ${t('Since {time}.', { time: moment(endpoint.stateChangedAt) })}`}
        {probeAt !== null && ` ${t('It will be retried {time}.', { time: moment(probeAt) })}`}
      </p>
      {may('operator') && <EndpointActions endpoint={endpoint} />}
      <EndpointPreview id={endpoint.id} />
    </li>
  )
}

function EndpointActions({ endpoint: { id, kind, state } }: { readonly endpoint: EndpointView }) {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const [reason, setReason] = useState('')
  const [isEnding, setIsEnding] = useState(false)
  const params = { id }
  const test = useAction(() => callApi('POST /v1/endpoints/:id/test', { params, csrfToken }), 'endpoints')
  const pause = useAction(
    () => callApi('POST /v1/endpoints/:id/pause', { params, body: reason.trim() === '' ? {} : { reason }, csrfToken }),
    'endpoints',
  )
  const resume = useAction(
    () => callApi('POST /v1/endpoints/:id/resume', { params, csrfToken }),
    'endpoints',
    'outbound',
  )
  const rotate = useAction((endOld: boolean) =>
    callApi('POST /v1/endpoints/:id/rotate-secret', { params, body: { endOld }, csrfToken }),
  )
  const end = useAction(() => callApi('DELETE /v1/endpoints/:id', { params, csrfToken }), 'endpoints', 'routes')
  const error = test.error ?? pause.error ?? resume.error ?? rotate.error ?? end.error
  return (
    <>
      <div className="buttons">
        {/* A message to a modem or a tracker costs money: no test is offered. */}
        {(kind === 'webhook' || kind === 'sqs') && (
          <button type="button" disabled={test.isPending} onClick={() => test.mutate()}>
            {t('Send a test')}
          </button>
        )}
        {state === 'active' ? (
          <span className="inline">
            <TextField label={t('Reason for a pause')} value={reason} maxLength={100} onChange={setReason} />
            <button type="button" className="quiet" disabled={pause.isPending} onClick={() => pause.mutate()}>
              {t('Pause')}
            </button>
          </span>
        ) : (
          <button type="button" disabled={resume.isPending} onClick={() => resume.mutate()}>
            {t('Resume')}
          </button>
        )}
        {kind === 'webhook' && (
          <>
            <button type="button" className="quiet" disabled={rotate.isPending} onClick={() => rotate.mutate(false)}>
              {t('New secret')}
            </button>
            <button type="button" className="quiet" disabled={rotate.isPending} onClick={() => rotate.mutate(true)}>
              {t('End the old secret')}
            </button>
          </>
        )}
        <button
          type="button"
          className="quiet"
          disabled={end.isPending}
          onClick={() => (isEnding ? end.mutate() : setIsEnding(true))}
        >
          {isEnding ? t('Really delete it, with its routes and waiting deliveries') : t('End')}
        </button>
      </div>
      {test.data !== undefined && (
        <p role="status">
          {t('Test')}: <strong>{t(OUTCOME_WORDS[test.data.outcome] ?? test.data.outcome)}</strong> {test.data.status}{' '}
          {test.data.reason !== null && <Reason of={{ code: test.data.reason }} />} {test.data.answer} (
          {test.data.latencyMs} ms)
        </p>
      )}
      {rotate.data !== undefined && <Rotated secret={rotate.data.secret} count={rotate.data.secrets} />}
      {error !== null && <Failure of={error} />}
    </>
  )
}

function Rotated({ secret, count }: { readonly secret: string | null; readonly count: number }) {
  const { t } = usePreferences()
  return (
    <p className="notice" role="status">
      {secret !== null && (
        <>
          {t('Copy it now; it is not shown again:')} <code>{secret}</code>{' '}
        </>
      )}
      {t('Active signing secrets: {count}.', { count })}
    </p>
  )
}
