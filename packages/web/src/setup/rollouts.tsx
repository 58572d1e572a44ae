import type { RolloutView, UpgradeView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { inWords } from '../shell/failure-words.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { FileBar } from './file-bar.tsx'
import { NewRollout } from './new-rollout.tsx'
import { RolloutDevices } from './rollout-devices.tsx'

type Decision = 'approve' | 'pause' | 'resume' | 'cancel'
const DECISION_WORDS: Readonly<Record<Decision, string>> = {
  approve: 'Approve',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
}
const REREAD_MS = 5000

/** Roll-outs with their stages and devices, then the upgrades outside any roll-out. */
export function Rollouts() {
  const { t } = usePreferences()
  const { may } = useSession()
  const rollouts = useQuery({
    queryKey: ['rollouts'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/rollouts', { query: { limit: 50 }, signal }),
    refetchInterval: REREAD_MS,
  })
  const upgrades = useQuery({
    queryKey: ['upgrades'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/upgrades', { query: { limit: 100 }, signal }),
    refetchInterval: REREAD_MS,
  })
  return (
    <>
      <Loaded of={rollouts} isEmpty={({ items }) => items.length === 0} empty={t('No roll-outs yet.')}>
        {({ items }) => (
          <ul className="cards">
            {items.map((rollout) => (
              <Rollout key={rollout.id} rollout={rollout} />
            ))}
          </ul>
        )}
      </Loaded>
      {may('operator') && <NewRollout />}
      <h2>{t('Upgrades')}</h2>
      <Loaded of={upgrades} isEmpty={({ items }) => items.length === 0} empty={t('No upgrade yet.')}>
        {({ items }) => <Upgrades items={items} />}
      </Loaded>
    </>
  )
}

function Rollout({ rollout }: { readonly rollout: RolloutView }) {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const { id, state, reason, stage, stages } = rollout
  const decide = useAction(
    (decision: Decision) => callApi(`POST /v1/firmware/rollouts/:id/${decision}`, { params: { id }, csrfToken }),
    'rollouts',
    'upgrades',
  )
  return (
    <li className={state === 'running' || state === 'done' ? 'calm' : ''}>
      <h2>
        {rollout.label ?? `${t('Roll-out')} ${String(id)}`} <small>{rollout.ref}</small>
      </h2>
      <p>
        <strong>{t(state)}</strong>, {t('stage {stage} of {stages}', { stage: stage + 1, stages })},{' '}
        {t('started {time}', { time: moment(rollout.createdAt) })}.{' '}
        {reason !== null && (inWords(`upgrade:${reason.code}`, t) ?? `${reason.detail} ${reason.whatToDo ?? ''}`)}
      </p>
      {may('operator') && (
        <p className="buttons">
          {decisionsOn(state).map((decision) => (
            <button
              key={decision}
              type="button"
              className={decision === 'cancel' || decision === 'pause' ? 'quiet' : undefined}
              disabled={decide.isPending}
              onClick={() => decide.mutate(decision)}
            >
              {t(DECISION_WORDS[decision])}
            </button>
          ))}
        </p>
      )}
      {decide.error !== null && <Failure of={decide.error} />}
      <RolloutDevices rolloutId={id} />
    </li>
  )
}

function Upgrades({ items }: { readonly items: readonly UpgradeView[] }) {
  const { t, moment } = usePreferences()
  return (
    <List
      caption={t('Upgrades')}
      items={items}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t('Device'),
          cell: ({ iam }) => <Link href={`/devices/${encodeURIComponent(iam)}`}>{iam}</Link>,
        },
        { title: t('Release'), cell: ({ ref }) => ref },
        { title: t('Files'), cell: ({ progress }) => <FileBar {...progress} /> },
        {
          title: t('State'),
          cell: ({ state, reason }) =>
            [t(state), reason === null ? null : (inWords(`upgrade:${reason.code}`, t) ?? reason.detail)]
              .filter(Boolean)
              .join(': '),
        },
        { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
      ]}
    />
  )
}

function decisionsOn(state: RolloutView['state']): readonly Decision[] {
  if (state === 'waiting') return ['approve', 'cancel']
  if (state === 'running') return ['pause', 'cancel']
  return state === 'paused' ? ['resume', 'cancel'] : []
}
