import { useMutation } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { FleetMissing } from '../shell/fleet-missing.tsx'
import { List } from '../shell/list.tsx'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'

/** Devices that registered themselves and wait for approval. */
export function Approvals() {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const live = useLive()
  const { fleet, refresh } = live
  const approve = useMutation({
    mutationFn: (iam: string) =>
      callApi('PATCH /v1/devices/:iam', { params: { iam }, body: { approved: true }, csrfToken }),
    onSettled: refresh,
  })
  if (fleet === null) return <FleetMissing live={live} />
  const waiting = fleet.items.filter(({ approved }) => !approved)
  return (
    <>
      <Failure of={approve.error} />
      {waiting.length === 0 ? (
        <p className="notice">{t('Nothing needs you.')}</p>
      ) : (
        <List
          caption={t('Approvals')}
          items={waiting}
          keyOf={({ iam }) => iam}
          columns={[
            { title: t('Device'), cell: ({ iam }) => iam },
            { title: t('Label'), cell: ({ label }) => label ?? UNKNOWN },
            { title: t('Kind'), cell: ({ kind }) => kind },
            { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
            {
              title: t('Action'),
              isShown: may('operator'),
              cell: ({ iam }) => (
                <button type="button" onClick={() => approve.mutate(iam)}>
                  {t('Approve')}
                </button>
              ),
            },
          ]}
        />
      )}
    </>
  )
}
