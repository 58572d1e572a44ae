import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import type { ApiContract } from '@paikea/api/contract'
import { codeWords } from '../format/codes.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { FileBar } from './file-bar.tsx'

type RolloutDevice = ApiContract['GET /v1/firmware/rollouts/:id']['answer']['devices'][number]

const WAITS: Readonly<Record<RolloutDevice['waitsFor']['for'], string>> = {
  stage: 'for its stage',
  approval: 'for approval of its stage',
  'cool-down': 'for the pause after a stage',
  resume: 'for someone to resume it',
  device: 'for the device to ask',
  'being-seen': 'for the device’s first contact with the new release',
  nothing: 'for nothing',
}
const REREAD_MS = 5000

/** Each device of a roll-out, what it waits for, and on request which files it has fetched. */
export function RolloutDevices({ rolloutId }: { readonly rolloutId: number }) {
  const { t, moment } = usePreferences()
  const [isOpen, setIsOpen] = useState(false)
  const [opened, setOpened] = useState<number | null>(null)
  const rollout = useQuery({
    queryKey: ['rollouts', rolloutId],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/rollouts/:id', { params: { id: rolloutId }, signal }),
    enabled: isOpen,
    refetchInterval: REREAD_MS,
  })
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{t('Devices')}</summary>
      <Loaded of={rollout}>
        {({ devices }) => (
          <List
            caption={t('Devices')}
            items={devices}
            keyOf={({ iam }) => iam}
            columns={[
              { title: t('Device'), cell: ({ iam }) => iam },
              { title: t('Stage'), isNumber: true, cell: ({ stage }) => stage + 1 },
              {
                title: t('State'),
                cell: ({ state, skipped }) =>
                  [t(state), skipped === null ? '' : t(codeWords(skipped))].filter(Boolean).join(': '),
              },
              {
                title: t('Waits'),
                cell: ({ waitsFor }) =>
                  `${t(WAITS[waitsFor.for])}${waitsFor.until === null ? '' : ` (${moment(waitsFor.until)})`}`,
              },
              {
                title: t('Files'),
                cell: ({ iam, upgradeId }) =>
                  upgradeId !== null && (
                    <button
                      type="button"
                      className="quiet"
                      aria-expanded={opened === upgradeId}
                      aria-label={`${t('Files')}: ${iam}`}
                      onClick={() => setOpened(opened === upgradeId ? null : upgradeId)}
                    >
                      {t('Files')}
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {opened !== null && <UpgradeFiles key={opened} id={opened} />}
    </details>
  )
}

function UpgradeFiles({ id }: { readonly id: number }) {
  const { t } = usePreferences()
  const upgrade = useQuery({
    queryKey: ['upgrades', id],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/upgrades/:id', { params: { id }, signal }),
    refetchInterval: REREAD_MS,
  })
  return (
    <Loaded of={upgrade}>
      {({ iam, progress, files }) => (
        <section aria-label={`${t('Files')}: ${iam}`}>
          <p>
            {iam}: <FileBar {...progress} />
          </p>
          <ul className="files" tabIndex={0}>
            {files.map(({ path, bytes, isFetched }) => (
              <li key={path}>
                {isFetched ? '✓' : '–'} <code>{path}</code> ({bytes} bytes){' '}
                <span className="visually-hidden">{t(isFetched ? 'fetched' : 'not yet fetched')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Loaded>
  )
}
