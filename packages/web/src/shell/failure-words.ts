import { RequestFailure } from '../api/fetch-or-throw.ts'
import type { Translate } from '../i18n/translate.ts'

/** Fields whose refusals the service words for whoever installed it; users at the screen need other words. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  'private-address':
    'This address is in a private network. This installation sends there only if its administrator allows it.',
  'https-required': 'The address must begin with https://.',
}

/** Why something failed, in the reader's language: by code, since the service explains in English. */
export function failureWords(error: Error, t: Translate): string {
  if (!(error instanceof RequestFailure)) return t(error.message)
  const own = error.errors.flatMap(({ code }) => FIELD_WORDS[code] ?? [])
  if (own.length > 0) return own.map((words) => t(words)).join(' ')
  const said = inWords(`problem:${error.code}`, t)
  if (said === null) return error.message
  const fields = error.errors.map(({ field, code, message }) => `${field}: ${inWords(`field:${code}`, t) ?? message}`)
  return [said, fields.join('; ')].filter(Boolean).join(' ')
}

/** A language's text by a key that is not English; `null` if it has none. */
export function inWords(key: string, t: Translate): string | null {
  const words = t(key)
  return words === key ? null : words
}
