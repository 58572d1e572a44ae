import { isFaultOfData, isUnavailable } from '../connection/errors.ts'
import type { Statements } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { advanceDeviceStates } from './device-states.ts'
import { type PlacedMessage, planMessages } from './messages.ts'
import { guessesOf } from './modem-guesses.ts'
import {
  fillInModems,
  findModems,
  hearModems,
  type HeardOfModems,
  type KnownModems,
  readModems,
  selectModems,
} from './modems.ts'
import { type BeliefRules, DEFAULT_RULES } from './plausible.ts'
import { planReports } from './reports.ts'
import { type PreparedMessage, prepareMessages } from './prepare.ts'
import { asQuarantined } from './quarantine.ts'
import { readSameSessions, selectSameSessions } from './same-session.ts'
import type { NewInbound, StoredReport, StoreOutcome } from './types.ts'

/** SQLite takes 32,766 values a statement; a message has 28, a report 31. */
const MAX_ITEMS = 500

/**
 * Writes messages with their reports, modems and last states in one transaction, and answers one outcome per item, in order.
 * A key that is there already only counts a copy, and so does a session of the modem (MOMSN and payload, within a day) that is. Several processes may do this at once.
 *
 * One item that cannot be written does not take the others with it: they are then written one by one. What is at fault itself is kept as a
 * quarantined raw body if that can be written (`stored.state`); else, or where the database is (a column is not there), the outcome is `failed`.
 *
 * @throws where the database is out of reach (`isUnavailable`): then nothing of the batch counts as written.
 */
export async function storeBatch(
  db: Database,
  items: readonly NewInbound[],
  rules: BeliefRules = DEFAULT_RULES,
): Promise<StoreOutcome[]> {
  const outcomes: StoreOutcome[] = []
  for (let start = 0; start < items.length; start += MAX_ITEMS) {
    outcomes.push(...(await storeSome(db, items.slice(start, start + MAX_ITEMS), rules)))
  }
  return outcomes
}

async function storeSome(db: Database, items: readonly NewInbound[], rules: BeliefRules): Promise<StoreOutcome[]> {
  try {
    return await storeAtOnce(db, items, rules)
  } catch (error) {
    if (isUnavailable(error)) throw error
    const [only] = items
    if (items.length === 1 && only !== undefined) {
      return [isFaultOfData(error) ? await storeQuarantined(db, only, error, rules) : { status: 'failed', error }]
    }
  }
  const outcomes: StoreOutcome[] = []
  for (const item of items) outcomes.push(...(await storeSome(db, [item], rules)))
  return outcomes
}

async function storeQuarantined(
  db: Database,
  item: NewInbound,
  reason: unknown,
  rules: BeliefRules,
): Promise<StoreOutcome> {
  try {
    const [outcome] = await storeAtOnce(db, [asQuarantined(item, reason)], rules)
    return outcome ?? { status: 'failed', error: reason }
  } catch (error) {
    if (isUnavailable(error)) throw error
    return { status: 'failed', error }
  }
}

async function storeAtOnce(db: Database, items: readonly NewInbound[], rules: BeliefRules): Promise<StoreOutcome[]> {
  const batch = { prepared: prepareMessages(db.dialect, items), heard: hearModems(items), rules }
  const guesses = guessesOf(db)
  const guess = guesses.of(batch.heard.keys())
  try {
    return await writeBatch(db, batch, guess)
  } catch (error) {
    if (guess === null || isUnavailable(error)) throw error
    // The guess was wrong, or it named a modem that is gone, which the database refuses.
    return writeBatch(db, batch, null)
  }
}

interface Batch {
  readonly prepared: readonly PreparedMessage[]
  readonly heard: HeardOfModems
  readonly rules: BeliefRules
}

function writeBatch(db: Database, batch: Batch, guess: KnownModems | null): Promise<StoreOutcome[]> {
  return db.writeStatements(async (sql) => {
    const { placed, modems } = await (guess === null ? insertFound(sql, batch) : insertGuessed(sql, batch, guess))
    const reports = await planReports(sql, placed, batch.rules)
    return {
      last: [...reports.statements, ...advanceDeviceStates(sql, placed, reports)],
      answer: (results) => {
        guessesOf(db).keep(modems)
        const stored = reports.read(results)
        return placed.map((message) => toOutcome(message, stored.get(message.id) ?? null))
      },
    }
  })
}

interface Inserted {
  readonly placed: readonly PlacedMessage[]
  readonly modems: KnownModems
}

async function insertFound(sql: Statements, { prepared, heard }: Batch): Promise<Inserted> {
  const modems = await findModems(sql, heard)
  const look = selectSameSessions(sql.dialect, prepared, modems)
  const held = look === null ? undefined : readSameSessions(await sql.all(look.sql, look.values), prepared)
  const plan = planMessages(sql, prepared, modems, held)
  const results = plan.statements.length === 0 ? [] : await sql.together(plan.statements)
  return { placed: await plan.place(sql, results, modems), modems }
}

/** As `insertFound`, in one trip to the database: the messages are written on a guess, along with the look that shows whether it was right. */
async function insertGuessed(sql: Statements, { prepared, heard }: Batch, guess: KnownModems): Promise<Inserted> {
  const plan = planMessages(sql, prepared, guess)
  const selects = selectModems(sql.dialect, [...heard.keys()])
  const look = selectSameSessions(sql.dialect, prepared, guess)
  const before = look === null ? selects : [...selects, look]
  const results = await sql.together([...before, ...plan.statements])
  const modems = readModems(results.slice(0, selects.length))
  if (!plan.fits(modems)) throw new Error('modems sit elsewhere by now')
  const held = look === null ? [] : (results[selects.length] ?? [])
  if (readSameSessions(held, prepared).size > 0) throw new Error('one of them was there under another key')
  await fillInModems(sql, modems, heard)
  return { placed: await plan.place(sql, results.slice(before.length), modems), modems }
}

function toOutcome({ item, id, isNew, modem, device }: PlacedMessage, report: StoredReport | null): StoreOutcome {
  if (!isNew) return { status: 'duplicate', messageId: id }
  return {
    status: 'stored',
    stored: {
      messageId: id,
      key: item.duplicateKey,
      imei: item.imei,
      modemId: modem?.id ?? null,
      deviceId: device?.deviceId ?? null,
      iam: device?.iam ?? null,
      groupId: device?.groupId ?? null,
      state: item.state,
      packetType: item.packetType,
      receivedAt: item.receivedAt,
      transmitTime: item.transmitTime,
      decoded: item.decoded,
      problems: item.problems,
      report,
      isRepeat: report !== null && report.repeatOfId !== null,
    },
  }
}
