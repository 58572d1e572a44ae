import { refuseField } from '../refusal.ts'
import { PASSWORD_LENGTH } from './password.ts'

/** What an attacker would try first here, in addition to facts about the user. */
const WORDS_OF_OURS = ['paikea', 'rockblock', 'rockstar', 'iridium', 'buoy', 'password']

let common: Promise<ReadonlySet<string>> | null = null

/**
 * Checks a new password: its length, and that it is not one of the first to be guessed.
 *
 * @param options.minLength @default PASSWORD_LENGTH.min
 * @param options.email of the account
 * @throws Refusal `invalid`
 */
export async function checkPassword(
  password: string,
  { minLength, email }: { readonly minLength?: number | undefined; readonly email?: string } = {},
): Promise<void> {
  const least = minLength ?? PASSWORD_LENGTH.min
  if (password.length < least) throw tooFewOrMany('password-too-short', `at least ${String(least)}`)
  if (password.length > PASSWORD_LENGTH.max) {
    throw tooFewOrMany('password-too-long', `at most ${String(PASSWORD_LENGTH.max)}`)
  }
  // A password from the configuration is the operator's own choice.
  if (minLength !== undefined && minLength < PASSWORD_LENGTH.min) return
  const lower = password.toLowerCase()
  const words = new Set(
    [...WORDS_OF_OURS, ...(email ?? '').toLowerCase().split(/[^a-z]+/)].filter((word) => word !== ''),
  )
  if (words.has(lower.replaceAll(/[^a-z]/g, '')) || (await loadCommon()).has(lower)) {
    const message = 'is among the first that attackers guess: choose another one'
    throw refuseField('password', 'password-too-common', message, `A password that ${message}.`)
  }
}

/** The most frequently leaked passwords of sufficient length. Loaded when the first password is set. */
function loadCommon(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const known = dictionary['passwords-common'].filter((one) => String(one).length >= PASSWORD_LENGTH.min)
    return new Set(known.map(String))
  })
  return common
}

function tooFewOrMany(code: string, bound: string) {
  return refuseField('password', code, `must have ${bound} characters`, `A password has ${bound} characters.`)
}
