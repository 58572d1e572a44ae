import type { InboundDetailView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { codeWords, OUTCOME_WORDS, PROOF_WORDS } from '../format/codes.ts'
import type { Translate } from '../i18n/translate.ts'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { AcceptButton } from './accept-button.tsx'
import { Reason } from '../shell/reason.tsx'
import { Loaded } from '../shell/states.tsx'
import { DeliveryButtons } from './delivery-buttons.tsx'
import { Replay } from './replay.tsx'

/** A step in a message's life; future ones are omitted. */
interface Step {
  readonly at: string | null
  readonly what: ReactNode
}

/** The life of an inbound message: from its transmission to its deliveries. */
export function InboundLife({ id }: { readonly id: number }) {
  const { t } = usePreferences()
  const { may } = useSession()
  const message = useQuery({
    queryKey: ['inbound', id],
    queryFn: ({ signal }) => callApi('GET /v1/messages/inbound/:id', { params: { id }, signal }),
  })
  return (
    <main className="page">
      <h1>
        {t('Life of a message')} {id}
      </h1>
      <Loaded of={message}>
        {(found) => (
          <>
            <Line
              steps={[
                {
                  at: found.transmitTime,
                  what: t('Sent by {imei}, MOMSN {momsn}', {
                    imei: found.imei ?? t('an unknown modem'),
                    momsn: found.momsn ?? '–',
                  }),
                },
                {
                  at: found.receivedAt,
                  what: t('Arrived from {address}, admitted by {proof}', {
                    address: found.sourceAddress ?? t('an unknown address'),
                    proof: t(PROOF_WORDS[found.verifiedBy] ?? found.verifiedBy),
                  }),
                },
                {
                  at: found.lastCopyAt,
                  what: t('Delivered again {count} times; counted once', { count: found.copies }),
                },
                { at: found.workflowStartedAt, what: t('Workflow started') },
                { at: found.processedAt, what: t('Processed; {count} forwarded', { count: found.deliveries.length }) },
              ]}
            />
            <p>
              {t('State')}: <strong>{t(found.state)}</strong>
              {found.reason !== null && (
                <>
                  : <Reason of={found.reason} />
                </>
              )}
            </p>
            {found.report?.quality === 'suspect' && <AcceptButton messageId={id} />}
            {may('operator') && <Replay id={id} isQuarantined={found.state === 'quarantined'} />}
            <WorkflowName id={found.workflowId} />
            {found.problems.map(({ field, code, message: text }) => (
              <p key={`${field} ${code}`} className="notice notice-stale">
                {field}: <Reason of={{ code, detail: text }} />
              </p>
            ))}
            <ul>
              {found.deliveries.map((delivery) => (
                <li key={delivery.id}>
                  <Link href={`/messages/out/${String(delivery.id)}`}>
                    {t(delivery.state)} {delivery.target} {delivery.imei} {delivery.text}
                  </Link>{' '}
                  {attemptsOf(delivery, t)}
                </li>
              ))}
              {found.skippedRoutes.map(({ routeId, reason }) => (
                <li key={`route ${String(routeId)}`}>
                  {t('Route {id} sent nothing:', { id: routeId })} {t(codeWords(reason))}
                </li>
              ))}
            </ul>
            <h2>{t('Raw bytes')}</h2>
            <Bytes of={found.payload ?? found.rawBody} />
            <pre tabIndex={0}>{JSON.stringify(found.decoded, null, 2)}</pre>
          </>
        )}
      </Loaded>
    </main>
  )
}

/** The outcome of a send attempt, in words. */
function outcomeWords(outcome: string | null, t: Translate): string {
  return outcome === null ? t('not known yet') : t(OUTCOME_WORDS[outcome] ?? outcome)
}

/** How many attempts a delivery took, and how the last one ended. */
function attemptsOf({ attempts }: InboundDetailView['deliveries'][number], t: Translate): string {
  const last = attempts.at(-1)
  if (last === undefined) return ''
  const latency = last.latencyMs === null ? '' : `, ${String(last.latencyMs)} ms`
  return `(${String(attempts.length)}: ${outcomeWords(last.outcome, t)} ${last.answer ?? (last.reason === null ? '' : t(codeWords(last.reason.code)))}${latency})`
}

/** The life of an outbound message, with every attempt. */
export function OutboundLife({ id }: { readonly id: number }) {
  const { t, moment } = usePreferences()
  const message = useQuery({
    queryKey: ['outbound', id],
    queryFn: ({ signal }) => callApi('GET /v1/messages/outbound/:id', { params: { id }, signal }),
    refetchInterval: 5000,
  })
  return (
    <main className="page">
      <h1>
        {t('Life of a message')} {id}
      </h1>
      <Loaded of={message}>
        {(found) => (
          <>
            <Line
              steps={[
                { at: found.createdAt, what: `${t('Queued for')} ${found.target} ${found.imei ?? ''}` },
                ...found.attempts.map((attempt) => ({
                  at: attempt.startedAt,
                  what: (
                    <>
                      {t('Attempt {number}:', { number: attempt.number })} {outcomeWords(attempt.outcome, t)}{' '}
                      {attempt.reason !== null && <Reason of={attempt.reason} />}{' '}
                      {attempt.latencyMs !== null && `(${String(attempt.latencyMs)} ms)`} {attempt.answer}
                    </>
                  ),
                })),
                { at: found.sentAt, what: t('Accepted by the receiver') },
                { at: found.finishedAt, what: `${t('Ended:')} ${t(found.state)}` },
              ]}
            />
            <p>
              {t('State')}: <strong>{t(found.state)}</strong>
              {found.reason !== null && (
                <>
                  {' '}
                  (<Reason of={found.reason} />)
                </>
              )}
              {found.finishedAt === null && `, ${t('expires')} ${moment(found.expiresAt)}`}, {found.credits}{' '}
              {t('credits')}
            </p>
            <DeliveryButtons {...found} />
            <WorkflowName id={found.workflowId} />
            {found.cause.messageId !== null && (
              <p>
                <Link href={`/messages/in/${String(found.cause.messageId)}`}>
                  {t('Caused by message {id}', { id: found.cause.messageId })}
                </Link>
              </p>
            )}
            <h2>{t('Raw bytes')}</h2>
            <Bytes of={{ bytes: found.hex.length / 2, hex: found.hex, text: found.text }} />
          </>
        )}
      </Loaded>
    </main>
  )
}

function Line({ steps }: { readonly steps: readonly Step[] }) {
  const { moment } = usePreferences()
  return (
    <ol className="life">
      {steps
        .filter(({ at }) => at !== null)
        .map(({ at, what }, index) => (
          // Steps of a message are only ever appended.
          <li key={index}>
            <time dateTime={at ?? ''}>{moment(at)}</time> {what}
          </li>
        ))}
    </ol>
  )
}

function WorkflowName({ id }: { readonly id: string | null }) {
  const { t } = usePreferences()
  const { workflows } = useSession().links
  if (id === null) return null
  return (
    <p>
      {t('Workflow')}:{' '}
      {workflows === null ? (
        <code>{id}</code>
      ) : (
        <a href={`${workflows}/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
          <code>{id}</code>
        </a>
      )}
    </p>
  )
}

function Bytes({
  of: bytes,
}: {
  readonly of: { readonly bytes: number; readonly hex: string; readonly text: string | null } | null
}) {
  const { t } = usePreferences()
  if (bytes === null) return <p>{t('Shown to operators only.')}</p>
  return (
    <>
      <p>{t('{count} bytes', { count: bytes.bytes })}</p>
      <pre tabIndex={0}>{bytes.text ?? bytes.hex}</pre>
    </>
  )
}
