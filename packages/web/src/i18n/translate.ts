/** What is said in a language, by the English text. */
export type Words = Readonly<Record<string, string>>

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Gives a text in the reader's language; the English text is its name. `{name}` in it stands for a value. */
export type Translate = (english: string, values?: Readonly<Record<string, string | number>>) => string

/** States that the service names by a code, as a person says them. */
const ENGLISH: Words = {
  'needs-decision': 'waits for a decision',
  'timed-out': 'took too long',
}

/** @returns English for what has no other words */
export function createTranslate(words: Words = {}): Translate {
  return (english, values = {}) => {
    const text = Object.hasOwn(words, english) ? (words[english] ?? english) : (ENGLISH[english] ?? english)
    return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
  }
}

/** The words of a language: a chunk of its own, since most people need only one. English needs none. */
export async function loadWords(language: Language): Promise<Words> {
  if (language === 'en') return {}
  return (await import('./spanish.ts')).SPANISH_WORDS
}

/** The language of a browser that has chosen none here. */
export function guessLanguage(preferred: readonly string[]): Language {
  const first = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'es')
  return first === 'es' ? 'es' : 'en'
}
