import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

type Deed = 'approve' | 'pause' | 'resume' | 'cancel'

/** Roll-outs with their stage, then each upgrade with the files its device has taken. */
export function Rollouts() {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const queries = useQueryClient()
  const rollouts = useQuery({
    queryKey: ['rollouts'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/rollouts', { query: { limit: 50 }, signal }),
    refetchInterval: 5000,
  })
  const upgrades = useQuery({
    queryKey: ['upgrades'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/upgrades', { query: { limit: 100 }, signal }),
    refetchInterval: 5000,
  })
  const decide = useMutation({
    mutationFn: ({ id, deed }: { readonly id: number; readonly deed: Deed }) =>
      callApi(`POST /v1/firmware/rollouts/:id/${deed}`, { params: { id }, csrfToken }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['rollouts'] }),
  })
  return (
    <>
      <Failure of={decide.error} />
      <Loaded of={rollouts} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption={t('Roll-outs')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Roll-out', cell: ({ id, label }) => label ?? id },
              { title: 'Ref', cell: ({ ref }) => ref },
              { title: 'Stage', cell: ({ stage, stages }) => `${String(stage + 1)} of ${String(stages)}` },
              {
                title: t('State'),
                cell: ({ state, reason }) =>
                  reason === null ? state : `${state}: ${reason.detail} ${reason.whatToDo ?? ''}`,
              },
              {
                title: t('Action'),
                cell: ({ id, state }) =>
                  may('operator') && (
                    <span className="buttons">
                      {deedsOf(state).map((deed) => (
                        <button key={deed} type="button" className="quiet" onClick={() => decide.mutate({ id, deed })}>
                          {deed}
                        </button>
                      ))}
                    </span>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <h2>Upgrades</h2>
      <Loaded of={upgrades} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption="Upgrades"
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('Device'), cell: ({ iam }) => iam },
              { title: 'Ref', cell: ({ ref }) => ref },
              {
                title: 'Files',
                cell: ({ progress: { filesDone, filesTotal } }) => (
                  <>
                    <progress aria-label="Files" value={filesDone} max={Math.max(1, filesTotal)} /> {filesDone} of{' '}
                    {filesTotal}
                  </>
                ),
              },
              {
                title: t('State'),
                cell: ({ state, reason }) => (reason === null ? state : `${state}: ${reason.detail}`),
              },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}

function deedsOf(state: string): readonly Deed[] {
  if (state === 'waiting') return ['approve', 'cancel']
  if (state === 'running') return ['pause', 'cancel']
  return state === 'paused' ? ['resume', 'cancel'] : []
}
