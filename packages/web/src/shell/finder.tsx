import type { DeviceView } from '@paikea/api/contract'
import { useDeferredValue, useMemo, useState } from 'react'
import { TextField } from './fields.tsx'
import { usePreferences } from './preferences.tsx'

/** Rows rendered at once: ten thousand rows that tick every second are too much for a phone. */
const SHOWN_AT_ONCE = 100
/** With fewer devices no search is needed. */
const SEARCHED_FROM = 12

/** The listed part of a fleet, and how to get to the rest. */
export interface Finder {
  readonly shown: readonly DeviceView[]
  readonly total: number
  readonly left: number
  readonly words: string
  readonly setWords: (words: string) => void
  readonly showMore: () => void
}

/** Devices whose name, label or IMEI contains each of the words. */
export function findDevices(devices: readonly DeviceView[], words: string): readonly DeviceView[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return devices
  return devices.filter(({ iam, label, modem }) => {
    const text = `${iam} ${label ?? ''} ${modem?.imei ?? ''}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

/** Holds what a user searches for in a fleet. */
export function useFinder(devices: readonly DeviceView[]): Finder {
  const [words, setWords] = useState('')
  const [limit, setLimit] = useState(SHOWN_AT_ONCE)
  const wanted = useDeferredValue(words)
  const found = useMemo(() => findDevices(devices, wanted), [devices, wanted])
  return {
    shown: found.slice(0, limit),
    total: devices.length,
    left: Math.max(0, found.length - limit),
    words,
    setWords: (next) => {
      setWords(next)
      setLimit(SHOWN_AT_ONCE)
    },
    showMore: () => setLimit(limit + SHOWN_AT_ONCE),
  }
}

/** The search field, if there is enough to search. */
export function FinderField({ finder: { total, words, setWords } }: { readonly finder: Finder }) {
  const { t } = usePreferences()
  if (total < SEARCHED_FROM) return null
  return (
    <div className="filters" role="search">
      <TextField label={t('Find by name, label or IMEI')} value={words} maxLength={100} onChange={setWords} />
    </div>
  )
}

/** Shows the button for the rest, or says that nothing was found. */
export function FinderRest({ finder: { shown, left, showMore } }: { readonly finder: Finder }) {
  const { t } = usePreferences()
  if (shown.length === 0) return <p className="notice">{t('No device matches.')}</p>
  if (left === 0) return null
  return (
    <p className="buttons">
      <button type="button" className="quiet" onClick={showMore}>
        {t('Show more ({count} left)', { count: left })}
      </button>
    </p>
  )
}
