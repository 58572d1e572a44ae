import { useMutation, useQueryClient } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'

/** Lets a user accept a position that is too far from its neighbours. */
export function AcceptButton({ messageId }: { readonly messageId: number }) {
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const { refresh } = useLive()
  const queries = useQueryClient()
  const accept = useMutation({
    mutationFn: () => callApi('POST /v1/messages/inbound/:id/accept', { params: { id: messageId }, csrfToken }),
    onSettled: () => {
      refresh()
      return queries.invalidateQueries()
    },
  })
  if (!may('operator')) return null
  return (
    <div>
      <button type="button" disabled={accept.isPending} onClick={() => accept.mutate()}>
        {t('Accept this position')}
      </button>
      {accept.error !== null && <Failure of={accept.error} />}
    </div>
  )
}
