import type { CommandView, DeviceView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { formatSpan } from '../format/moment.ts'
import { useSession } from '../session/use-session.tsx'
import { actorWords } from '../shell/actor-words.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { CommandButtons } from './command-buttons.tsx'
import { commandReason, type Order, orderWords } from './command-words.ts'
import { OrderForm } from './order-form.tsx'
import { Recovery } from './recovery.tsx'

/** A device's commands, each with its life cycle until the device's own report confirms it. */
export function Commands({ device }: { readonly device: DeviceView }) {
  const { t, moment, clock } = usePreferences()
  const { csrfToken, may } = useSession()
  const { iam } = device
  const commands = useQuery({
    queryKey: ['commands', iam],
    queryFn: ({ signal }) =>
      callApi('GET /v1/devices/:iam/commands', { params: { iam }, query: { limit: 20 }, signal }),
    refetchInterval: 5000,
  })
  const send = useAction(
    (body: Order) => callApi('POST /v1/devices/:iam/commands', { params: { iam }, body, csrfToken }),
    'commands',
  )
  return (
    <section aria-labelledby="commands-title">
      <h2 id="commands-title">{t('Commands')}</h2>
      {may('operator') && <OrderForm device={device} onOrder={(order) => send.mutate(order)} isBusy={send.isPending} />}
      {send.data?.warnings.map((warning) => (
        <p key={warning} className="notice notice-stale">
          {warning}
        </p>
      ))}
      <Failure of={send.error} />
      <Recovery device={device} />
      <Loaded of={commands} isEmpty={({ items }) => items.length === 0} empty={t('No commands yet.')}>
        {({ items }) => (
          <List
            caption={t('Commands')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('Command'), cell: (item) => orderWords(item, t) },
              {
                title: t('State'),
                cell: ({ state, stateReason }) => (
                  <>
                    <strong>{t(state)}</strong> {commandReason(stateReason, t)}
                  </>
                ),
              },
              { title: t('Life'), cell: (item) => <Life command={item} /> },
              { title: t('will reach it about'), cell: ({ expectedAt }) => formatSpan(expectedAt, clock) },
              { title: t('Answer by'), cell: ({ answeredBy }) => moment(answeredBy) },
              { title: t('credits'), isNumber: true, cell: ({ credits }) => credits },
              {
                title: t('Action'),
                isShown: may('operator'),
                cell: ({ id, state }) => <CommandButtons iam={iam} id={id} state={state} />,
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}

/** Ordered, sent, decided: each step with its time, and the messages that carried and decided it. */
function Life({ command }: { readonly command: CommandView }) {
  const { t, moment } = usePreferences()
  const { user } = useSession()
  const { createdAt, requestedBy, sentAt, messageId, decidedAt, decidedByMessageId, state } = command
  return (
    <ul className="steps plain">
      <li>
        {t('Ordered')} {moment(createdAt)}, {actorWords(requestedBy, user, t)}
      </li>
      {messageId !== null && (
        <li>
          <Link href={`/messages/out/${String(messageId)}`}>
            {sentAt === null ? t('Waiting to be sent') : `${t('Accepted by the gateway')} ${moment(sentAt)}`}
          </Link>
        </li>
      )}
      {decidedAt !== null && (
        <li>
          {decidedByMessageId === null ? (
            `${t(state)} ${moment(decidedAt)}`
          ) : (
            <Link href={`/messages/in/${String(decidedByMessageId)}`}>
              {t(state)} {moment(decidedAt)}
            </Link>
          )}
        </li>
      )}
    </ul>
  )
}
