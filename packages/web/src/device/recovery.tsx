import type { DeviceView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/**
 * Makes a buoy report often while someone is on the way to it: shows the price first, then the progress and a way to
 * end it.
 */
export function Recovery({ device }: { readonly device: DeviceView }) {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const params = { iam: device.iam }
  const [isOpen, setIsOpen] = useState(false)
  const [wish, setWish] = useState({ minutes: 5, hours: 6 })
  // Loaded only when the section is opened: most buoys have never had one.
  const recoveries = useQuery({
    queryKey: ['recovery', device.iam],
    queryFn: ({ signal }) => callApi('GET /v1/devices/:iam/recoveries', { params, signal }),
    enabled: isOpen,
  })
  const lists = ['recovery', 'commands', 'outbound'] as const
  const price = useAction((query: typeof wish) => callApi('GET /v1/devices/:iam/recovery/price', { params, query }))
  const begin = useAction(
    (body: typeof wish) => callApi('POST /v1/devices/:iam/recovery', { params, body, csrfToken }),
    ...lists,
  )
  const end = useAction(() => callApi('POST /v1/devices/:iam/recovery/end', { params, csrfToken }), ...lists)
  const place = useRef<HTMLDivElement>(null)
  const summary = useRef<HTMLElement>(null)
  useEffect(() => place.current?.focus(), [price.data])
  useEffect(() => {
    if (begin.isSuccess || end.isSuccess) summary.current?.focus()
  }, [begin.isSuccess, end.isSuccess])
  if (device.kind !== 'buoy' || !may('operator')) return null
  const running = recoveries.data?.items.find(({ state }) => state === 'running') ?? null
  const ask = (event: FormEvent) => {
    event.preventDefault()
    price.mutate(wish)
  }
  const fields = [
    ['minutes', t('Interval in minutes'), 1_440],
    ['hours', t('For how many hours'), 336],
  ] as const
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary ref={summary}>{t('Recovery: report often for some hours')}</summary>
      {running === null ? (
        <form className="orders" onSubmit={ask}>
          {fields.map(([name, label, max]) => (
            <label key={name}>
              {label}
              <input
                type="number"
                required
                min="1"
                max={max}
                value={wish[name]}
                onChange={({ target }) => {
                  price.reset()
                  setWish({ ...wish, [name]: Number(target.value) })
                }}
              />
            </label>
          ))}
          <button type="submit" disabled={price.isPending}>
            {t('What does it cost?')}
          </button>
        </form>
      ) : (
        <p>
          {t('It reports every {minutes} min until {time}, then every {back} min again.', {
            minutes: running.minutes,
            back: running.backMinutes,
            time: moment(running.endsAt),
          })}{' '}
          <button type="button" disabled={end.isPending} onClick={() => end.mutate(undefined)}>
            {t('End it now')}
          </button>
        </p>
      )}
      {running === null && price.data !== undefined && (
        <div className="notice" ref={place} tabIndex={-1} role="group" aria-label={t('Before it is sent')}>
          <p>
            {t('{credits} credits, {extra} more than without; then every {back} min again.', {
              credits: price.data.credits,
              extra: price.data.extraCredits,
              back: price.data.backMinutes,
            })}
          </p>
          <span className="buttons">
            <button type="button" disabled={begin.isPending} onClick={() => begin.mutate(wish)}>
              {t('Send')}
            </button>
            <button type="button" className="quiet" onClick={() => price.reset()}>
              {t('Do not send')}
            </button>
          </span>
        </div>
      )}
      <Failure of={price.error ?? begin.error ?? end.error} />
    </details>
  )
}
