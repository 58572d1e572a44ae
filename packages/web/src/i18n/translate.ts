import { SPANISH_ACCOUNT } from './es-account.ts'
import { SPANISH_SCREENS } from './es-screens.ts'
import { SPANISH_SETUP } from './es-setup.ts'
import { SPANISH_STATES } from './es-states.ts'
import { SPANISH } from './es.ts'

/** All that is said in Spanish, by the English text; words of a screen go before those of a state. */
export const SPANISH_WORDS: Readonly<Record<string, string>> = {
  ...SPANISH_STATES,
  ...SPANISH_ACCOUNT,
  ...SPANISH_SETUP,
  ...SPANISH_SCREENS,
  ...SPANISH,
}

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Gives a text in the reader's language; the English text is its name. `{name}` in it stands for a value. */
export type Translate = (english: string, values?: Readonly<Record<string, string | number>>) => string

/** @returns English for what has no Spanish yet */
export function createTranslate(language: Language): Translate {
  return (english, values = {}) => {
    const text = language === 'es' ? (SPANISH_WORDS[english] ?? english) : english
    return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
  }
}

/** The language of a browser that has chosen none here. */
export function guessLanguage(preferred: readonly string[]): Language {
  const first = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'es')
  return first === 'es' ? 'es' : 'en'
}
