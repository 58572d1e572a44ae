import { readFile, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { type Database, findPayloads, MAX_HISTORY_ITEMS, storeHistory } from '@paikea/database'
import { readHistory } from '@paikea/intake'
import { ServeError } from '../process/serve-error.ts'
import { countOutcomes } from './import-messages.ts'
import { type ImportReport, leaveOut, newReport } from './import-report.ts'
import { columnsOf, encodePortalRow, type PortalRow, readPortalRow } from './portal-row.ts'
import { readCsv } from './read-csv.ts'

/** Larger exports have to be split. */
const MAX_BYTES = 256 * 1024 * 1024
/** The portals show whole seconds, and not all of them the same moment of a session. */
const SAME_SESSION_MS = 1_000

/**
 * Imports messages that one of the vendor's portals has exported as CSV. Existing messages, from the webhook or from
 * the original's database, stay untouched: an export is not a delivery, so it is not even counted. Sends nothing;
 * idempotent.
 *
 * @param options.imei the modem, if the file does not name it
 * @throws {ServeError} if the file is not such an export
 */
export async function importPortal(
  db: Database,
  options: { readonly file: string; readonly imei: string | null },
): Promise<ImportReport> {
  const text = await readWhole(options.file)
  const source = `csv/${createHash('sha256').update(text).digest('hex')}`
  const report = newReport()
  const now = new Date()
  let columns: ReturnType<typeof columnsOf> | null = null
  let rows: PortalRow[] = []
  let line = 0
  const flush = async (): Promise<void> => {
    const isKnown = await knownAmong(db, rows)
    const news = rows.filter((row) => !isKnown(row))
    const items = await Promise.all(
      news.map(async (row) => ({ ...(await readHistory(encodePortalRow(row), now)), isHandOver: true })),
    )
    report.messages.read += rows.length - news.length
    report.messages.copies += rows.length - news.length
    countOutcomes(report, items, await storeHistory(db, items, { source, lastId: line }))
    rows = []
  }
  try {
    for (const record of readCsv(text)) {
      line += 1
      if (columns === null) {
        columns = columnsOf(record)
        requireColumns(columns, options.imei)
        continue
      }
      const row = readPortalRow(record, columns, options.imei)
      if (typeof row === 'string') leaveOut(report, `record ${line}`, row)
      else rows.push(row)
      if (rows.length === MAX_HISTORY_ITEMS) await flush()
    }
  } catch (error) {
    if (error instanceof RangeError) throw new ServeError(`--from: ${error.message}`, { isFinal: true })
    throw error
  }
  if (columns === null) throw new ServeError('--from: the file is empty', { isFinal: true })
  await flush()
  return report
}

function requireColumns(columns: ReturnType<typeof columnsOf>, imei: string | null): void {
  const missing = [
    ...(columns.at === undefined ? ['a time ("Date Time (UTC)", "transmit_time")'] : []),
    ...(columns.hex === undefined ? ['the payload in hex ("Payload", "data")'] : []),
    ...(columns.imei === undefined && imei === null ? ['the IMEI: give it with --imei'] : []),
  ]
  if (missing.length > 0) throw new ServeError(`--from: no column has ${missing.join('; nor ')}`, { isFinal: true })
}

/** Finds rows already stored under any key: a row without number and id can be recognised by nothing else. */
async function knownAmong(db: Database, rows: readonly PortalRow[]): Promise<(row: PortalRow) => boolean> {
  const nameless = rows.filter(({ id, momsn }) => id === null && momsn === null)
  const known = new Map<string, number[]>()
  for (const imei of new Set(nameless.map((row) => row.imei))) {
    const times = nameless.filter((row) => row.imei === imei).map(({ at }) => at.getTime())
    const span = {
      from: new Date(Math.min(...times) - SAME_SESSION_MS),
      to: new Date(Math.max(...times) + SAME_SESSION_MS),
    }
    for (const { transmitTime, payload } of await findPayloads(db, { imei, ...span })) {
      const key = `${imei} ${payload.toString('hex')}`
      known.set(key, [...(known.get(key) ?? []), transmitTime.getTime()])
    }
  }
  return ({ imei, hex, at, id, momsn }) =>
    id === null &&
    momsn === null &&
    (known.get(`${imei} ${hex.toLowerCase()}`) ?? []).some((ms) => Math.abs(ms - at.getTime()) <= SAME_SESSION_MS)
}

async function readWhole(file: string): Promise<string> {
  const found = await stat(file).catch(() => null)
  if (found === null || !found.isFile()) throw new ServeError(`--from: there is no file ${file}`, { isFinal: true })
  if (found.size > MAX_BYTES)
    throw new ServeError('--from: the file is over 256 MB: export it in parts', { isFinal: true })
  return readFile(file, 'utf8')
}
