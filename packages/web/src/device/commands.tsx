import type { CommandView } from '@paikea/api/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { formatSpan } from '../format/moment.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

type Order =
  | { readonly command: 'interval'; readonly minutes: number }
  | { readonly command: 'sleep'; readonly seconds: number }
  | { readonly command: 'beacon'; readonly on: boolean }

/** What a device was told, and the life of each order until its own report confirms it. */
export function Commands({ iam }: { readonly iam: string }) {
  const { t, moment, clock } = usePreferences()
  const { csrfToken, may } = useSession()
  const queries = useQueryClient()
  const commands = useQuery({
    queryKey: ['commands', iam],
    queryFn: ({ signal }) =>
      callApi('GET /v1/devices/:iam/commands', { params: { iam }, query: { limit: 20 }, signal }),
    refetchInterval: 5000,
  })
  const refresh = () => queries.invalidateQueries({ queryKey: ['commands', iam] })
  const send = useMutation({
    mutationFn: (body: Order) => callApi('POST /v1/devices/:iam/commands', { params: { iam }, body, csrfToken }),
    onSettled: refresh,
  })
  const decide = useMutation({
    mutationFn: ({ id, deed }: { readonly id: number; readonly deed: 'send' | 'cancel' }) =>
      deed === 'send'
        ? callApi('POST /v1/devices/:iam/commands/:id/send', { params: { iam, id }, csrfToken })
        : callApi('POST /v1/devices/:iam/commands/:id/cancel', { params: { iam, id }, csrfToken }),
    onSettled: refresh,
  })
  return (
    <section aria-labelledby="commands-title">
      <h2 id="commands-title">{t('Commands')}</h2>
      {may('operator') && <OrderForm onOrder={(order) => send.mutate(order)} isBusy={send.isPending} />}
      {send.data?.warnings.map((warning) => (
        <p key={warning} className="notice notice-stale">
          {warning}
        </p>
      ))}
      <Failure of={send.error ?? decide.error} />
      <Loaded of={commands} isEmpty={({ items }) => items.length === 0} empty={t('No commands yet.')}>
        {({ items }) => (
          <List
            caption={t('Commands')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('Created'), cell: (item) => moment(item.createdAt) },
              { title: t('Commands'), cell: wordsOf },
              { title: t('State'), cell: ({ state, stateReason }) => [state, stateReason].filter(Boolean).join(': ') },
              { title: t('will reach it about'), cell: ({ expectedAt }) => formatSpan(expectedAt, clock) },
              { title: t('credits'), isNumber: true, cell: ({ credits }) => credits },
              {
                title: t('Action'),
                cell: ({ id, state }) => (
                  <span className="buttons">
                    {state === 'needs-decision' && may('operator') && (
                      <button type="button" onClick={() => decide.mutate({ id, deed: 'send' })}>
                        {t('Send')}
                      </button>
                    )}
                    {(state === 'needs-decision' || state === 'queued') && may('operator') && (
                      <button type="button" className="quiet" onClick={() => decide.mutate({ id, deed: 'cancel' })}>
                        {t('Cancel')}
                      </button>
                    )}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}

/** The answer to an order says how many credits it costs; one message out is the least. */
function OrderForm({ onOrder, isBusy }: { readonly onOrder: (order: Order) => void; readonly isBusy: boolean }) {
  const { t } = usePreferences()
  const [minutes, setMinutes] = useState('')
  const [seconds, setSeconds] = useState('')
  const submit = (order: () => Order) => (event: FormEvent) => {
    event.preventDefault()
    onOrder(order())
  }
  return (
    <div className="orders">
      <form onSubmit={submit(() => ({ command: 'interval', minutes: Number(minutes) }))}>
        <label>
          {t('Report every (minutes)')}
          <input type="number" required min="0" value={minutes} onChange={(event) => setMinutes(event.target.value)} />
        </label>
        <button type="submit" disabled={isBusy}>
          {t('Set interval')}
        </button>
      </form>
      <form onSubmit={submit(() => ({ command: 'sleep', seconds: Number(seconds) }))}>
        <label>
          {t('Sleep for (seconds)')}
          <input type="number" required min="0" value={seconds} onChange={(event) => setSeconds(event.target.value)} />
        </label>
        <button type="submit" disabled={isBusy}>
          {t('Set sleep')}
        </button>
      </form>
      <p className="buttons">
        <button type="button" disabled={isBusy} onClick={() => onOrder({ command: 'beacon', on: true })}>
          {t('Beacon on')}
        </button>
        <button type="button" disabled={isBusy} onClick={() => onOrder({ command: 'beacon', on: false })}>
          {t('Beacon off')}
        </button>
      </p>
    </div>
  )
}

function wordsOf({ command, minutes, seconds, on }: CommandView): string {
  if (command === 'interval') return `interval ${String(minutes)} min`
  if (command === 'sleep') return `sleep ${String(seconds)} s`
  return on === true ? 'beacon on' : 'beacon off'
}
