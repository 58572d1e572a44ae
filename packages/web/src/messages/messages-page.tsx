import { DELIVERY_STATES, type DeliveryState, MESSAGE_STATES, type MessageState } from '@paikea/domain'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Reason } from '../shell/reason.tsx'
import { Loaded } from '../shell/states.tsx'

const PAGE = 50

/** Inbound or outbound messages. */
export function MessagesPage({ direction }: { readonly direction: 'in' | 'out' }) {
  const { t } = usePreferences()
  const [, go] = useLocation()
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('Messages')}</h1>
        <span className="buttons">
          <button type="button" className="quiet" aria-pressed={direction === 'in'} onClick={() => go('/messages')}>
            {t('In')}
          </button>
          <button
            type="button"
            className="quiet"
            aria-pressed={direction === 'out'}
            onClick={() => go('/messages/out')}
          >
            {t('Out')}
          </button>
        </span>
      </div>
      {direction === 'in' ? <Inbound /> : <Outbound />}
    </main>
  )
}

function Inbound() {
  const { t, moment } = usePreferences()
  const [state, setState] = useState<MessageState | undefined>(undefined)
  const [imei, setImei] = useState('')
  const [cursor, setCursor] = useState<string | undefined>(undefined)
  const wanted = /^\d{15}$/.test(imei) ? imei : undefined
  const messages = useQuery({
    queryKey: ['inbound', state, wanted, cursor],
    queryFn: ({ signal }) =>
      callApi('GET /v1/messages/inbound', { query: { limit: PAGE, state, imei: wanted, cursor }, signal }),
    placeholderData: (before) => before,
  })
  return (
    <>
      <Filters states={MESSAGE_STATES} state={state} onState={setState} imei={imei} onImei={setImei} />
      <Loaded of={messages} isEmpty={({ items }) => items.length === 0} empty={t('No matching messages.')}>
        {({ items, nextCursor }) => (
          <>
            <List
              caption={t('In')}
              items={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: t('Arrived'),
                  cell: ({ id, receivedAt }) => <Link href={`/messages/in/${String(id)}`}>{moment(receivedAt)}</Link>,
                },
                { title: t('Device'), cell: ({ iam }) => iam ?? UNKNOWN },
                { title: 'IMEI', cell: (item) => item.imei ?? UNKNOWN },
                { title: 'MOMSN', isNumber: true, cell: ({ momsn }) => momsn ?? UNKNOWN },
                { title: t('Kind'), cell: ({ packetType }) => packetType ?? UNKNOWN },
                { title: t('State'), cell: ({ state: now, reason }) => <StateWords state={now} reason={reason} /> },
              ]}
            />
            <Pager cursor={cursor} next={nextCursor} onPage={setCursor} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Outbound() {
  const { t, moment } = usePreferences()
  const [state, setState] = useState<DeliveryState | undefined>(undefined)
  const [imei, setImei] = useState('')
  const [cursor, setCursor] = useState<string | undefined>(undefined)
  const wanted = /^\d{15}$/.test(imei) ? imei : undefined
  const messages = useQuery({
    queryKey: ['outbound', state, wanted, cursor],
    queryFn: ({ signal }) =>
      callApi('GET /v1/messages/outbound', { query: { limit: PAGE, state, imei: wanted, cursor }, signal }),
    placeholderData: (before) => before,
  })
  return (
    <>
      <Filters states={DELIVERY_STATES} state={state} onState={setState} imei={imei} onImei={setImei} />
      <Loaded of={messages} isEmpty={({ items }) => items.length === 0} empty={t('No matching messages.')}>
        {({ items, nextCursor }) => (
          <>
            <List
              caption={t('Out')}
              items={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: t('Created'),
                  cell: ({ id, createdAt }) => <Link href={`/messages/out/${String(id)}`}>{moment(createdAt)}</Link>,
                },
                { title: t('Device'), cell: ({ cause }) => cause.iam ?? UNKNOWN },
                { title: t('To'), cell: ({ target, imei: to }) => [target, to].filter(Boolean).join(' ') },
                { title: t('Text'), cell: ({ text, hex }) => text ?? hex },
                { title: t('State'), cell: ({ state: now, reason }) => <StateWords state={now} reason={reason} /> },
                { title: t('credits'), isNumber: true, cell: ({ credits }) => credits },
              ]}
            />
            <Pager cursor={cursor} next={nextCursor} onPage={setCursor} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Filters<S extends string>(props: {
  readonly states: readonly S[]
  readonly state: S | undefined
  readonly onState: (state: S | undefined) => void
  readonly imei: string
  readonly onImei: (imei: string) => void
}) {
  const { t } = usePreferences()
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        {t('State')}
        <select
          value={props.state ?? ''}
          onChange={({ target }) => props.onState(props.states.find((state) => state === target.value))}
        >
          <option value="">{t('all')}</option>
          {props.states.map((state) => (
            <option key={state} value={state}>
              {t(state)}
            </option>
          ))}
        </select>
      </label>
      <label>
        IMEI
        <input
          inputMode="numeric"
          maxLength={15}
          value={props.imei}
          onChange={(event) => props.onImei(event.target.value)}
        />
      </label>
    </form>
  )
}

function Pager(props: {
  readonly cursor: string | undefined
  readonly next: string | null
  readonly onPage: (cursor: string | undefined) => void
}) {
  const { t } = usePreferences()
  const { cursor, next, onPage } = props
  return (
    <p className="buttons">
      {cursor !== undefined && (
        <button type="button" className="quiet" onClick={() => onPage(undefined)}>
          {t('Newest')}
        </button>
      )}
      {next !== null && (
        <button type="button" className="quiet" onClick={() => onPage(next)}>
          {t('Older')}
        </button>
      )}
    </p>
  )
}

function StateWords(props: {
  readonly state: string
  readonly reason: { readonly code: string; readonly detail?: string | null } | null
}) {
  const { t } = usePreferences()
  const { state, reason } = props
  return (
    <>
      {t(state)}
      {reason !== null && (
        <>
          : <Reason of={reason} />
        </>
      )}
    </>
  )
}
