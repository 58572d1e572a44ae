import { DEVICE_KINDS, type DeviceKind } from '@paikea/domain'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

/** All modems, unclaimed ones included, and a form that creates a device for one. */
export function Modems() {
  const { t, moment } = usePreferences()
  const { may } = useSession()
  const modems = useQuery({
    queryKey: ['modems'],
    queryFn: ({ signal }) => callApi('GET /v1/modems', { query: { limit: 100 }, signal }),
  })
  return (
    <>
      <Loaded
        of={modems}
        isEmpty={({ items }) => items.length === 0}
        empty={t('No modems yet: the first message creates one.')}
      >
        {({ items }) => (
          <List
            caption={t('Modems')}
            items={items.toSorted((a, b) => Number(a.claimed) - Number(b.claimed))}
            keyOf={({ imei }) => imei}
            columns={[
              { title: 'IMEI', cell: ({ imei }) => imei },
              { title: t('Label'), cell: ({ label }) => label ?? UNKNOWN },
              {
                title: t('Device'),
                cell: ({ device }) =>
                  device === null ? (
                    t('none')
                  ) : (
                    <Link href={`/devices/${encodeURIComponent(device.iam)}`}>{device.label ?? device.iam}</Link>
                  ),
              },
              { title: t('Last message'), cell: ({ lastSeen }) => moment(lastSeen) },
              {
                title: t('Missing numbers'),
                cell: ({ momsnGaps }) =>
                  momsnGaps.map(({ from, to }) => `${String(from)}–${String(to)}`).join(', ') || UNKNOWN,
              },
              { title: t('State'), cell: ({ imei, claimed }) => (claimed ? t('claimed') : <Claim imei={imei} />) },
            ]}
          />
        )}
      </Loaded>
      {may('operator') && <NewDevice />}
    </>
  )
}

function Claim({ imei }: { readonly imei: string }) {
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const queries = useQueryClient()
  const [serial, setSerial] = useState('')
  const claim = useMutation({
    mutationFn: () =>
      callApi('POST /v1/modems/:imei/claim', {
        params: { imei },
        body: serial === '' ? {} : { serial },
        csrfToken,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['modems'] }),
  })
  if (!may('operator')) return t('unclaimed')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    claim.mutate()
  }
  return (
    <form className="inline" onSubmit={submit}>
      <label>
        {t('Serial number')}
        <input inputMode="numeric" value={serial} onChange={({ target }) => setSerial(target.value)} />
      </label>
      <button type="submit" disabled={claim.isPending}>
        {t('Claim')}
      </button>
      {claim.error !== null && <Failure of={claim.error} />}
    </form>
  )
}

function NewDevice() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const queries = useQueryClient()
  const [kind, setKind] = useState<DeviceKind>('buoy')
  const [label, setLabel] = useState('')
  const [imei, setImei] = useState('')
  const create = useMutation({
    mutationFn: () =>
      callApi('POST /v1/devices', {
        body: { kind, ...(label === '' ? {} : { label }), ...(imei === '' ? {} : { imei }) },
        csrfToken,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['modems'] }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <section>
      <h2>{t('New device')}</h2>
      <form className="filters" onSubmit={submit}>
        <label>
          {t('Kind')}
          <select
            value={kind}
            onChange={({ target }) => setKind(DEVICE_KINDS.find((one) => one === target.value) ?? 'buoy')}
          >
            {DEVICE_KINDS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          {t('Label')}
          <input value={label} maxLength={100} onChange={({ target }) => setLabel(target.value)} />
        </label>
        <label>
          IMEI
          <input inputMode="numeric" maxLength={15} value={imei} onChange={({ target }) => setImei(target.value)} />
        </label>
        <button type="submit" disabled={create.isPending}>
          {t('Create the device')}
        </button>
      </form>
      <Failure of={create.error} />
      {create.data !== undefined && (
        <p role="status">
          <Link href={`/devices/${encodeURIComponent(create.data.iam)}`}>{create.data.iam}</Link>{' '}
          {t('has been created.')}
        </p>
      )}
    </section>
  )
}
