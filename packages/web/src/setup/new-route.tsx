import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { endpointName } from './endpoint-words.ts'
import { GroupField, useGroupChoice } from './group-field.tsx'

const SOURCES = [
  ['any', 'all devices'],
  ['buoy', 'all buoys'],
  ['handset', 'all handsets'],
  ['rockstar', 'all RockSTARs'],
] as const
const TYPES = ['any', 'PK001', 'PK004', 'PK005', 'PK006', 'PK007', 'PK101'] as const

/** Creates a route: from all devices of a kind, or one; to an endpoint, or to a modem or tracker by its number. */
export function NewRoute() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const [kind, setKind] = useState<(typeof SOURCES)[number][0]>('any')
  const [iam, setIam] = useState('')
  const [messageType, setMessageType] = useState<(typeof TYPES)[number]>('any')
  const [to, setTo] = useState('modem')
  const [address, setAddress] = useState('')
  const group = useGroupChoice('operator')
  const endpoints = useQuery({
    queryKey: ['endpoints'],
    queryFn: ({ signal }) => callApi('GET /v1/endpoints', { query: { limit: 100 }, signal }),
  })
  const create = useAction(
    () =>
      callApi('POST /v1/routes', {
        body: {
          source: { kind, ...(iam === '' ? {} : { iam }) },
          messageType,
          target: targetOf(to, address),
          // A route for a device gets the device's group.
          ...(iam === '' ? group.body : {}),
        },
        csrfToken,
      }),
    'routes',
    'endpoints',
  )
  const isByNumber = to === 'modem' || to === 'rockstar'
  return (
    <section aria-labelledby="new-route">
      <h2 id="new-route">{t('New route')}</h2>
      <Form label={t('New route')} onSubmit={() => create.mutate()}>
        <ChoiceField
          label={t('From')}
          value={kind}
          choices={SOURCES.map(([value, words]) => [value, t(words)] as const)}
          onChange={(value) => setKind(SOURCES.find(([one]) => one === value)?.[0] ?? 'any')}
        />
        <TextField label={t('Only the device named')} value={iam} maxLength={32} onChange={setIam} />
        <ChoiceField
          label={t('What')}
          value={messageType}
          choices={TYPES.map((one) => [one, one === 'any' ? t('everything') : one] as const)}
          onChange={(value) => setMessageType(TYPES.find((one) => one === value) ?? 'any')}
        />
        <ChoiceField
          label={t('To')}
          value={to}
          choices={[
            ['modem', t('a modem')],
            ['rockstar', t('a RockSTAR')],
            ...(endpoints.data?.items ?? []).map((one) => [String(one.id), endpointName(one)] as const),
          ]}
          onChange={setTo}
        />
        {isByNumber && (
          <TextField
            label={to === 'modem' ? 'IMEI' : t('Serial number')}
            value={address}
            maxLength={20}
            isRequired
            onChange={setAddress}
          />
        )}
        <GroupField choice={group} />
        <button type="submit" disabled={create.isPending}>
          {t('Create')}
        </button>
      </Form>
      <Failure of={create.error ?? endpoints.error} />
      <p>
        {t('Queues and webhooks are created first, among the')} <Link href="/setup/endpoints">{t('Endpoints')}</Link>.
      </p>
    </section>
  )
}

function targetOf(to: string, address: string) {
  if (to === 'modem') return { kind: 'modem', imei: address } as const
  if (to === 'rockstar') return { kind: 'rockstar', serial: address } as const
  return { kind: 'endpoint', endpointId: Number(to) } as const
}
