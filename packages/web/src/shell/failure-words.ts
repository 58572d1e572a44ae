import { RequestFailure } from '../api/fetch-or-throw.ts'
import type { Translate } from '../i18n/translate.ts'

/** Fields that the service refuses in the words of whoever set it up; a person at the screen has other ones. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  'private-address':
    'This address lies in a private network. This installation sends there only where its administrator allows it.',
  'https-required': 'The address has to begin with https://.',
}

/** Why something came to nothing, in the reader's language: by codes, since the service explains in English. */
export function failureWords(error: Error, t: Translate): string {
  if (!(error instanceof RequestFailure)) return t(error.message)
  const own = error.errors.flatMap(({ code }) => FIELD_WORDS[code] ?? [])
  if (own.length > 0) return own.map((words) => t(words)).join(' ')
  const said = inWords(`problem:${error.code}`, t)
  if (said === null) return error.message
  const fields = error.errors.map(({ field, code, message }) => `${field}: ${inWords(`field:${code}`, t) ?? message}`)
  return [said, fields.join('; ')].filter(Boolean).join(' ')
}

/** Words of a language by a key of its own; `null` where that language has none. */
export function inWords(key: string, t: Translate): string | null {
  const words = t(key)
  return words === key ? null : words
}
