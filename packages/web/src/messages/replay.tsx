import type { ApiContract } from '@paikea/api/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { useLive } from '../shell/live.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'

type Replayed = ApiContract['POST /v1/messages/inbound/:id/replay']['answer']

/** Decodes a stored message again by the present rules: first previews the changes, then applies them on request. */
export function Replay({ id, isQuarantined }: { readonly id: number; readonly isQuarantined: boolean }) {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const { refresh } = useLive()
  const queries = useQueryClient()
  const [isReleased, setIsReleased] = useState(false)
  const replay = useMutation({
    mutationFn: (dryRun: boolean) =>
      callApi('POST /v1/messages/inbound/:id/replay', {
        params: { id },
        body: { dryRun, ...(isReleased ? { release: true } : {}) },
        csrfToken,
      }),
    onSuccess: ({ applied }) => {
      if (!applied) return
      refresh()
      void queries.invalidateQueries()
    },
  })
  return (
    <section aria-label={t('Decode it again')}>
      <p className="buttons">
        <button type="button" className="quiet" disabled={replay.isPending} onClick={() => replay.mutate(true)}>
          {t('Decode it again: what would change?')}
        </button>
        {isQuarantined && (
          <label className="check">
            <input
              type="checkbox"
              checked={isReleased}
              onChange={({ target }) => {
                setIsReleased(target.checked)
                replay.reset()
              }}
            />{' '}
            {t('although it is damaged')}
          </label>
        )}
      </p>
      {replay.error !== null && <Failure of={replay.error} />}
      {replay.data !== undefined && (
        <Changes replayed={replay.data} isBusy={replay.isPending} onApply={() => replay.mutate(false)} />
      )}
    </section>
  )
}

function Changes(props: { readonly replayed: Replayed; readonly isBusy: boolean; readonly onApply: () => void }) {
  const { t } = usePreferences()
  const { changes, applied } = props.replayed
  if (applied) return <p role="status">{t('It was decoded again.')}</p>
  if (changes.length === 0) return <p role="status">{t('Nothing would change.')}</p>
  return (
    <>
      <List
        caption={t('What would change')}
        items={changes}
        keyOf={({ field }) => field}
        columns={[
          { title: t('Field'), cell: ({ field }) => field },
          { title: t('Before'), cell: ({ from }) => valueWords(from) },
          { title: t('After'), cell: ({ to }) => valueWords(to) },
        ]}
      />
      <p className="buttons">
        <button type="button" disabled={props.isBusy} onClick={props.onApply}>
          {t('Apply these changes')}
        </button>
      </p>
    </>
  )
}

const MAX_SHOWN = 300

function valueWords(value: unknown): string {
  return (JSON.stringify(value) ?? '–').slice(0, MAX_SHOWN)
}
