import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import {
  createTranslate,
  guessLanguage,
  type Language,
  loadWords,
  type Translate,
  type Words,
} from '../i18n/translate.ts'
import type { CoordinateFormat } from '../format/coordinates.ts'
import { formatMoment, type Clock } from '../format/moment.ts'

export type Theme = 'auto' | 'light' | 'dark' | 'sun'

/** A user's choices on this machine. */
export interface Preferences {
  readonly language: Language
  readonly theme: Theme
  readonly clock: Clock
  readonly coordinates: CoordinateFormat
}

interface PreferencesInUse extends Preferences {
  readonly t: Translate
  /** A moment in the chosen clock; a dash if there is none. */
  readonly moment: (iso: string | null) => string
  readonly change: (part: Partial<Preferences>) => void
}

const STORED_AS = 'paikea.preferences'
const Context = createContext<PreferencesInUse | null>(null)

/** Provides the choices and applies them to the page. */
export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const [preferences, setPreferences] = useState(readPreferences)
  useEffect(() => {
    document.documentElement.lang = preferences.language
    document.documentElement.dataset['theme'] = preferences.theme
    try {
      localStorage.setItem(STORED_AS, JSON.stringify(preferences))
    } catch {
      // Storage is disabled: the choice lasts as long as the page.
    }
  }, [preferences])
  const words = useWords(preferences.language)
  const value = useMemo(
    () => ({
      ...preferences,
      t: createTranslate(words ?? {}),
      moment: (iso: string | null) => formatMoment(iso, preferences.clock),
      change: (part: Partial<Preferences>) => setPreferences((before) => ({ ...before, ...part })),
    }),
    [preferences, words],
  )
  // Do not flash another language first.
  if (words === null) return null
  return <Context value={value}>{children}</Context>
}

/** A language's texts; `null` until loaded. If they cannot be loaded, English is better than nothing. */
function useWords(language: Language): Words | null {
  const [loaded, setLoaded] = useState<{ readonly of: Language; readonly words: Words } | null>(
    language === 'en' ? { of: 'en', words: {} } : null,
  )
  useEffect(() => {
    let isWanted = true
    const keep = (words: Words): void => {
      if (isWanted) setLoaded({ of: language, words })
    }
    loadWords(language).then(keep, () => keep({}))
    return () => {
      isWanted = false
    }
  }, [language])
  return loaded?.words ?? null
}

/** The choices, with functions that apply language and clock. */
export function usePreferences(): PreferencesInUse {
  const value = use(Context)
  if (value === null) throw new Error('Preferences are used outside of their provider.')
  return value
}

function readPreferences(): Preferences {
  const fallback: Preferences = {
    language: guessLanguage(navigator.languages),
    theme: 'auto',
    clock: 'utc',
    coordinates: 'ddm',
  }
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}')
    // Only this page writes there.
    return typeof stored === 'object' && stored !== null ? { ...fallback, ...stored } : fallback
  } catch {
    return fallback
  }
}
