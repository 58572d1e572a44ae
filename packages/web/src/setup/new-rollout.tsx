import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form, TextField } from '../shell/fields.tsx'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { GroupField, useGroupChoice } from './group-field.tsx'

/** Rolls a release out: one stage per line, devices by name. */
export function NewRollout() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const { fleet } = useLive()
  const [release, setRelease] = useState('')
  const [label, setLabel] = useState('')
  const [stages, setStages] = useState('')
  const [needsApproval, setNeedsApproval] = useState('yes')
  const group = useGroupChoice('operator')
  const releases = useQuery({
    queryKey: ['releases', 'ready'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/releases', { query: { state: 'ready', limit: 50 }, signal }),
  })
  const create = useAction(
    (releaseId: number) =>
      callApi('POST /v1/firmware/rollouts', {
        body: {
          releaseId,
          stages: readStages(stages),
          needsApproval: needsApproval === 'yes',
          ...(label === '' ? {} : { label }),
          ...group.body,
        },
        csrfToken,
      }),
    'rollouts',
    'upgrades',
  )
  /** One first, then all the others: the minimum of caution. */
  const propose = (): void => {
    const names = (fleet?.items ?? []).filter(({ kind, approved }) => kind === 'buoy' && approved).map(({ iam }) => iam)
    setStages([names.slice(0, 1).join(', '), names.slice(1).join(', ')].filter((line) => line !== '').join('\n'))
  }
  return (
    <section aria-labelledby="new-rollout">
      <h2 id="new-rollout">{t('New roll-out')}</h2>
      <Loaded
        of={releases}
        isEmpty={({ items }) => items.length === 0}
        empty={t('No release is ready: fetch one first.')}
      >
        {({ items }) => (
          <Form
            label={t('New roll-out')}
            onSubmit={() => create.mutate(Number(release === '' ? (items[0]?.id ?? 0) : release))}
          >
            <ChoiceField
              label={t('Release')}
              value={release === '' ? String(items[0]?.id ?? '') : release}
              choices={items.map(
                ({ id, ref, commit }) => [String(id), `${ref} ${commit?.slice(0, 10) ?? ''}`] as const,
              )}
              onChange={setRelease}
            />
            <TextField label={t('Label')} value={label} maxLength={100} onChange={setLabel} />
            <ChoiceField
              label={t('Each stage waits for approval')}
              value={needsApproval}
              choices={[
                ['yes', t('yes')],
                ['no', t('no')],
              ]}
              onChange={setNeedsApproval}
            />
            <GroupField choice={group} />
            <label className="wide">
              {t('Stages, one per line: names of devices, separated by commas')}
              <textarea required rows={3} value={stages} onChange={({ target }) => setStages(target.value)} />
            </label>
            <button type="button" className="quiet" onClick={propose}>
              {t('One buoy first, then all others')}
            </button>
            <button type="submit" disabled={create.isPending}>
              {t('Start')}
            </button>
          </Form>
        )}
      </Loaded>
      <Failure of={create.error} />
    </section>
  )
}

/** Parses lines of names; empty ones are ignored. */
export function readStages(text: string): string[][] {
  return text
    .split('\n')
    .map((line) =>
      line
        .split(/[\s,]+/)
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .filter((names) => names.length > 0)
}
