import type { AlertView } from '@paikea/api/contract'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { inWords } from '../shell/failure-words.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { ALERT_WORDS } from './alert-words.ts'

/** One open alert: what it is, since when, what to do, and whether someone has acknowledged it. */
export function AlertCard({ alert }: { readonly alert: AlertView }) {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const { id, kind, iam, since, acknowledgedAt } = alert
  const acknowledge = useAction(
    () => callApi('POST /v1/alerts/:id/acknowledge', { params: { id }, csrfToken }),
    'alerts',
    'outbound',
  )
  return (
    <li className={acknowledgedAt === null ? '' : 'calm'} data-alert={kind}>
      <h2>
        {iam === null ? '' : <Link href={`/devices/${encodeURIComponent(iam)}`}>{iam}</Link>}
        {iam === null ? '' : ': '}
        {t(ALERT_WORDS[kind])}
      </h2>
      <AlertWords alert={alert} />
      <p>
        {t('Since {time}.', { time: moment(since) })}{' '}
        {acknowledgedAt !== null && t('Acknowledged {time}.', { time: moment(acknowledgedAt) })}
      </p>
      {acknowledgedAt === null && may('technician') && (
        <button type="button" className="quiet" disabled={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
          {t('Acknowledge')}
        </button>
      )}
      {acknowledge.error !== null && <Failure of={acknowledge.error} />}
    </li>
  )
}

/** What happened, with its figures, and what to do. The service supplies both in English. */
function AlertWords({ alert: { kind, summary, advice } }: { readonly alert: AlertView }) {
  const { t } = usePreferences()
  const own = inWords(`advice:${kind}`, t)
  if (own === null) {
    return (
      <p>
        {summary} {advice}
      </p>
    )
  }
  return (
    <p>
      {own} <small lang="en">{summary}</small>
    </p>
  )
}
