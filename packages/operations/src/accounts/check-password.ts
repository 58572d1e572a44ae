import { refuseField } from '../refusal.ts'
import { PASSWORD_LENGTH } from './password.ts'

/**
 * Checks the length of a password that is to be set.
 *
 * @throws Refusal `invalid`
 */
export function checkPassword(password: string, minLength: number = PASSWORD_LENGTH.min): void {
  if (password.length < minLength) {
    throw tooFewOrMany('password-too-short', `at least ${String(minLength)}`)
  }
  if (password.length > PASSWORD_LENGTH.max) {
    throw tooFewOrMany('password-too-long', `at most ${String(PASSWORD_LENGTH.max)}`)
  }
}

function tooFewOrMany(code: string, bound: string) {
  return refuseField('password', code, `must have ${bound} characters`, `A password has ${bound} characters.`)
}
