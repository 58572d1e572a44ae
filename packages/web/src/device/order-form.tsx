import type { DeviceView } from '@paikea/api/contract'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { formatSpan } from '../format/moment.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { type Order, orderWords } from './command-words.ts'
import { priceOf } from './price.ts'

/** Asks for an order, then shows its price and when it will arrive, and only then sends it. */
export function OrderForm(props: {
  readonly device: DeviceView
  readonly isBusy: boolean
  readonly onOrder: (order: Order) => void
}) {
  const { device, isBusy, onOrder } = props
  const { t } = usePreferences()
  const [minutes, setMinutes] = useState('')
  const [seconds, setSeconds] = useState('')
  const [order, setOrder] = useState<Order | null>(null)
  const forms = useRef<HTMLDivElement>(null)
  /** Return focus to where the order was chosen: the pressed button is gone. */
  const close = (): void => {
    setOrder(null)
    forms.current?.focus()
  }
  const submit = (next: () => Order) => (event: FormEvent) => {
    event.preventDefault()
    setOrder(next())
  }
  return (
    <>
      <div className="orders" ref={forms} tabIndex={-1} role="group" aria-label={t('New command')}>
        <form onSubmit={submit(() => ({ command: 'interval', minutes: Number(minutes) }))}>
          <label>
            {t('Report every (minutes)')}
            <input type="number" required min="0" value={minutes} onChange={({ target }) => setMinutes(target.value)} />
          </label>
          <button type="submit" disabled={isBusy}>
            {t('Set interval')}
          </button>
        </form>
        <form onSubmit={submit(() => ({ command: 'sleep', seconds: Number(seconds) }))}>
          <label>
            {t('Sleep for (seconds)')}
            <input type="number" required min="0" value={seconds} onChange={({ target }) => setSeconds(target.value)} />
          </label>
          <button type="submit" disabled={isBusy}>
            {t('Set sleep')}
          </button>
        </form>
        {/* Only the older firmware has a switchable beacon. */}
        {device.generation === 'v2' && (
          <p className="buttons">
            <button type="button" disabled={isBusy} onClick={() => setOrder({ command: 'beacon', on: true })}>
              {t('Beacon on')}
            </button>
            <button type="button" disabled={isBusy} onClick={() => setOrder({ command: 'beacon', on: false })}>
              {t('Beacon off')}
            </button>
          </p>
        )}
      </div>
      {order !== null && (
        <Question
          device={device}
          order={order}
          onYes={() => {
            onOrder(order)
            close()
          }}
          onNo={close}
        />
      )}
    </>
  )
}

function Question(props: {
  readonly device: DeviceView
  readonly order: Order
  readonly onYes: () => void
  readonly onNo: () => void
}) {
  const { device, order, onYes, onNo } = props
  const { t, clock } = usePreferences()
  const price = priceOf(order, device)
  const place = useRef<HTMLDivElement>(null)
  // Focus moves here, in front of the buttons, so that screen readers announce the price.
  useEffect(() => place.current?.focus(), [order])
  return (
    <div className="notice" ref={place} tabIndex={-1} role="group" aria-label={t('Before it is sent')}>
      <p>
        <strong>{orderWords(order, t)}</strong>.{' '}
        {'problem' in price
          ? `${t('The device would not accept it:')} ${price.problem}.`
          : t('Price in credits: {credits}.', { credits: price.credits })}{' '}
        {device.nextExpected === null
          ? t('It is not known when {iam} reports next; it will get it then.', { iam: device.iam })
          : t('{iam} will get it when it reports next, about {time}.', {
              iam: device.iam,
              time: formatSpan(device.nextExpected, clock),
            })}
      </p>
      <span className="buttons">
        {!('problem' in price) && (
          <button type="button" onClick={onYes}>
            {t('Send')}
          </button>
        )}
        <button type="button" className="quiet" onClick={onNo}>
          {t('Do not send')}
        </button>
      </span>
    </div>
  )
}
