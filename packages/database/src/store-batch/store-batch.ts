import { isFaultOfData, isUnavailable } from '../connection/errors.ts'
import type { Statement, Statements } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { advanceDeviceStates } from './device-states.ts'
import { type PlacedMessage, writeMessages } from './messages.ts'
import { findModems, type HeardOfModems, hearModems, type KnownModems } from './modems.ts'
import type { BeliefRules } from './plausible.ts'
import { type PlannedReports, planReports } from './reports.ts'
import { type PreparedMessage, prepareMessages } from './prepare.ts'
import { asQuarantined } from './quarantine.ts'
import { type HeldBefore, mayBeHeld, readSameSessions, selectSameSessions } from './same-session.ts'
import type { NewInbound, StoredReport, StoreOutcome } from './types.ts'

/** SQLite allows 32,766 values per statement; a message has 29, a report 32. */
export const MAX_BATCH_ITEMS = 500

/**
 * Writes messages with their reports, modems and last states in one transaction. @returns one outcome per item, in
 * order. An existing key only counts a copy, and so does an existing session of the modem (same MOMSN and payload
 * within a day). Several processes may do this concurrently.
 *
 * An item that cannot be written does not take the others with it: they are then written one by one. If the item itself
 * is at fault it is kept as a quarantined raw body if possible (`stored.state`); if not, or if the database is at fault
 * (a missing column), the outcome is `failed`.
 *
 * @throws if the database is unreachable (`isUnavailable`): then nothing of the batch counts as written
 */
export async function storeBatch(
  db: Database,
  items: readonly NewInbound[],
  rules: BeliefRules = db.beliefRules,
): Promise<StoreOutcome[]> {
  const outcomes: StoreOutcome[] = []
  for (let start = 0; start < items.length; start += MAX_BATCH_ITEMS) {
    outcomes.push(...(await storeSome(db, items.slice(start, start + MAX_BATCH_ITEMS), { rules, alongside: [] })))
  }
  return outcomes
}

/**
 * The same, with statements that are committed together with the last item.
 *
 * @param items at most `MAX_BATCH_ITEMS`, at least one
 */
export function storeBatchAlongside(
  db: Database,
  items: readonly NewInbound[],
  alongside: readonly Statement[],
): Promise<StoreOutcome[]> {
  return storeSome(db, items, { rules: db.beliefRules, alongside })
}

interface Way {
  readonly rules: BeliefRules
  /** What is committed with the last item. */
  readonly alongside: readonly Statement[]
}

async function storeSome(db: Database, items: readonly NewInbound[], way: Way): Promise<StoreOutcome[]> {
  try {
    return await storeAtOnce(db, items, way)
  } catch (error) {
    if (isUnavailable(error)) throw error
    const [only] = items
    if (items.length === 1 && only !== undefined) {
      return [isFaultOfData(error) ? await storeQuarantined(db, only, error, way) : { status: 'failed', error }]
    }
  }
  const outcomes: StoreOutcome[] = []
  for (const item of items) {
    const isLast = item === items.at(-1)
    outcomes.push(...(await storeSome(db, [item], isLast ? way : { ...way, alongside: [] })))
  }
  return outcomes
}

async function storeQuarantined(db: Database, item: NewInbound, reason: unknown, way: Way): Promise<StoreOutcome> {
  try {
    const [outcome] = await storeAtOnce(db, [asQuarantined(item, reason)], way)
    return outcome ?? { status: 'failed', error: reason }
  } catch (error) {
    if (isUnavailable(error)) throw error
    return { status: 'failed', error }
  }
}

function storeAtOnce(db: Database, items: readonly NewInbound[], { rules, alongside }: Way): Promise<StoreOutcome[]> {
  const prepared = prepareMessages(db.dialect, items)
  const heard = hearModems(items)
  return db.writeStatements(async (sql) => {
    const { modems, held } = await findHeld(sql, prepared, heard)
    const placed = await writeMessages(sql, prepared, modems, held)
    const reports = await planReports(sql, placed, rules)
    return {
      last: [...reports.statements, ...advanceDeviceStates(sql, placed, reports), ...alongside],
      answer: (results) => {
        const stored = reports.read(results)
        return placed.map((message) => toOutcome(message, stored.get(message.id) ?? null, reports.confirmed))
      },
    }
  })
}

interface Before {
  readonly modems: KnownModems
  readonly held: HeldBefore
}

/**
 * In MySQL one round trip reads the modems and looks for existing messages; in SQLite each is a separate query, and the
 * second is rarely needed.
 */
async function findHeld(sql: Statements, prepared: readonly PreparedMessage[], heard: HeardOfModems): Promise<Before> {
  if (sql.dialect !== 'sqlite') {
    const { modems, seen } = await findModems(sql, heard, selectSameSessions(sql.dialect, prepared))
    return { modems, held: readSameSessions(seen, prepared) }
  }
  const { modems } = await findModems(sql, heard, null)
  const doubtful = prepared.filter(({ item }) => mayBeHeld(item, modems.get(item.imei ?? '')))
  const look = selectSameSessions(sql.dialect, doubtful)
  return { modems, held: look === null ? NONE_HELD : readSameSessions(await sql.all(look.sql, look.values), doubtful) }
}

const NONE_HELD: HeldBefore = new Map()

function toOutcome(
  { item, id, isNew, modem, device }: PlacedMessage,
  report: StoredReport | null,
  confirmed: PlannedReports['confirmed'],
): StoreOutcome {
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
      confirmedIds: confirmed.flatMap(({ deviceId, messageId }) => (deviceId === device?.deviceId ? [messageId] : [])),
    },
  }
}
