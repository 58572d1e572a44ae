import { SPANISH } from './es.ts'

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Gives a text in the reader's language; the English text is its name. */
export type Translate = (english: string) => string

/** @returns English for what has no Spanish yet */
export function createTranslate(language: Language): Translate {
  return (english) => (language === 'es' ? (SPANISH[english] ?? english) : english)
}

/** The language of a browser that has chosen none here. */
export function guessLanguage(preferred: readonly string[]): Language {
  const first = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'es')
  return first === 'es' ? 'es' : 'en'
}
