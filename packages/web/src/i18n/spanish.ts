import { SPANISH_ACCOUNT } from './es-account.ts'
import { SPANISH_CODES } from './es-codes.ts'
import { SPANISH_PROBLEMS } from './es-problems.ts'
import { SPANISH_SCREENS } from './es-screens.ts'
import { SPANISH_SETUP } from './es-setup.ts'
import { SPANISH_STATES } from './es-states.ts'
import { SPANISH } from './es.ts'

/** All Spanish texts, keyed by the English; a screen's words take precedence over a state's. */
export const SPANISH_WORDS: Readonly<Record<string, string>> = {
  ...SPANISH_PROBLEMS,
  ...SPANISH_CODES,
  ...SPANISH_STATES,
  ...SPANISH_ACCOUNT,
  ...SPANISH_SETUP,
  ...SPANISH_SCREENS,
  ...SPANISH,
}
