import type { Database } from '../database.ts'
import type { KnownModems, KnownModem } from './modems.ts'

/**
 * What was last read of modems. Only ever a guess: whoever uses it reads the modems along with what is written on it, within the same
 * transaction, and takes all back if they sit elsewhere by now.
 */
export interface ModemGuesses {
  /** `null` where there is no guess for all of them, or where one would not save a trip. */
  of(imeis: Iterable<string>): KnownModems | null
  keep(modems: KnownModems): void
}

const MAX_KEPT = 20_000
const perDatabase = new WeakMap<Database, ModemGuesses>()

export function guessesOf(db: Database): ModemGuesses {
  const there = perDatabase.get(db)
  if (there !== undefined) return there
  const made = db.dialect === 'mysql' ? createModemGuesses() : NO_GUESSES
  perDatabase.set(db, made)
  return made
}

/** SQLite runs one statement after the other in any case. */
const NO_GUESSES: ModemGuesses = { of: () => null, keep: () => undefined }

function createModemGuesses(): ModemGuesses {
  const kept = new Map<string, KnownModem>()
  return {
    of(imeis) {
      const guess = new Map<string, KnownModem>()
      for (const imei of imeis) {
        const modem = kept.get(imei)
        if (modem === undefined) return null
        guess.set(imei, modem)
      }
      return guess.size === 0 ? null : guess
    },
    keep(modems) {
      if (kept.size > MAX_KEPT) kept.clear()
      for (const [imei, modem] of modems) kept.set(imei, modem)
    },
  }
}
