/** A language's texts, keyed by the English text. */
export type Words = Readonly<Record<string, string>>

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Returns a text in the reader's language; the English text is its key. `{name}` in it is replaced by a value. */
export type Translate = (english: string, values?: Readonly<Record<string, string | number>>) => string

/** Words for the service's state codes. */
const ENGLISH: Words = {
  'needs-decision': 'waits for a decision',
  'timed-out': 'took too long',
}

/** @returns English for texts without a translation */
export function createTranslate(words: Words = {}): Translate {
  return (english, values = {}) => {
    const text = Object.hasOwn(words, english) ? (words[english] ?? english) : (ENGLISH[english] ?? english)
    return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
  }
}

/** Loads a language's texts: a separate chunk, since most users need only one. English needs none. */
export async function loadWords(language: Language): Promise<Words> {
  if (language === 'en') return {}
  return (await import('./spanish.ts')).SPANISH_WORDS
}

/** The default language of a browser, from its preferences. */
export function guessLanguage(preferred: readonly string[]): Language {
  const first = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'es')
  return first === 'es' ? 'es' : 'en'
}
