import type { NewReport, StoredReport } from './types.ts'
import type { PlacedMessage } from './messages.ts'
import type { SqlValue, Statements } from '../connection/statements.ts'
import { insertStatement } from './insert-rows.ts'
import { clip, finite, marks, pairs, readTime } from './values.ts'

const COLUMNS = [
  'message_id',
  'modem_id',
  'device_id',
  'packet_type',
  'at',
  'received_at',
  'fix_at',
  'has_fix',
  'latitude',
  'longitude',
  'sog_knots',
  'cog_degrees',
  'battery_volts',
  'battery_percent',
  'interval_minutes',
  'sleep_minutes',
  'reason_code',
  'reason',
  'status',
  'beacon_on',
  'fix_skew_seconds',
  'source',
  'iridium_latitude',
  'iridium_longitude',
  'iridium_cep_km',
  'repeat_of_id',
  'problems',
  'created_at',
] as const

/** A message with a report and the modem it came by. */
interface Reporting {
  readonly message: PlacedMessage
  readonly report: NewReport
  readonly modemId: number
  /** Modem and fix in one string, null without a fix: what makes a repeat. */
  readonly fixKey: string | null
}

/** Writes the reports of the new messages and finds out which repeat an earlier one. Answers them by message id. */
export async function insertReports(
  sql: Statements,
  placed: readonly PlacedMessage[],
): Promise<ReadonlyMap<number, StoredReport>> {
  const reporting = placed.flatMap((message): Reporting[] => {
    const { report } = message.item
    if (!message.isNew || report === null || message.modem === null) return []
    const modemId = message.modem.id
    return [{ message, report, modemId, fixKey: fixKey(modemId, report) }]
  })
  if (reporting.length === 0) return new Map()

  const earlier = await findFixes(sql, reporting)
  const now = sql.time(new Date())
  const values: SqlValue[] = []
  for (const one of reporting) {
    pushValues(values, sql, { ...one, repeatOfId: (one.fixKey !== null && earlier.get(one.fixKey)) || null, now })
  }
  const ids = await insertAndRead(sql, reporting, values)
  const repeatedWithin = await markRepeatsWithin(sql, { reporting, earlier, ids })

  return new Map(
    reporting.map(({ message, report, fixKey: key }) => {
      const id = idOf(ids, message.id)
      const repeatOfId = repeatedWithin.get(id) ?? (key === null ? undefined : earlier.get(key)) ?? null
      return [message.id, toStored(message, report, { id, repeatOfId })]
    }),
  )
}

async function insertAndRead(
  sql: Statements,
  reporting: readonly Reporting[],
  values: readonly SqlValue[],
): Promise<ReadonlyMap<number, number>> {
  const tail = sql.canReturn ? ' RETURNING id, message_id' : ''
  const insert = insertStatement(sql.dialect, { table: 'reports', columns: COLUMNS, values, tail })
  let rows
  if (sql.canReturn) {
    rows = await sql.all(insert.sql, insert.values)
  } else {
    await sql.run(insert.sql, insert.values)
    const messageIds = reporting.map(({ message }) => message.id)
    rows = await sql.all(
      `SELECT id, message_id FROM reports WHERE message_id IN (${marks(messageIds.length)})`,
      messageIds,
    )
  }
  return new Map(rows.map((row) => [Number(row['message_id']), Number(row['id'])]))
}

/** The reports there already with the same fix of the same modem, by fix. */
async function findFixes(sql: Statements, reporting: readonly Reporting[]): Promise<ReadonlyMap<string, number>> {
  // A fix that is newer than all before repeats none of them: that is the rule, and needs no look.
  const fixes = reporting.flatMap(({ message, report: { fixAt }, modemId, fixKey: key }) => {
    const newest = message.modem?.newestFixAt ?? null
    return key === null || fixAt === null || newest === null || fixAt > newest ? [] : [modemId, sql.time(fixAt)]
  })
  if (fixes.length === 0) return new Map()
  const count = fixes.length / 2
  // The two say "pairs" in their own way; both use the index on (modem_id, fix_at) with it.
  const list = sql.dialect === 'sqlite' ? `VALUES ${pairs(count)}` : pairs(count)
  const rows = await sql.all(
    `SELECT id, modem_id, fix_at, latitude, longitude FROM reports
     WHERE (modem_id, fix_at) IN (${list}) AND repeat_of_id IS NULL ORDER BY id DESC`,
    fixes,
  )
  const known = new Map<string, number>()
  for (const row of rows) {
    const key = fixKey(Number(row['modem_id']), {
      hasFix: true,
      fixAt: readTime(row['fix_at']),
      latitude: row['latitude'] === null ? null : Number(row['latitude']),
      longitude: row['longitude'] === null ? null : Number(row['longitude']),
    })
    // Newest first, so the oldest stays: the first report is the one that all others repeat.
    if (key !== null) known.set(key, Number(row['id']))
  }
  return known
}

async function markRepeatsWithin(
  sql: Statements,
  batch: { reporting: readonly Reporting[]; earlier: ReadonlyMap<string, number>; ids: ReadonlyMap<number, number> },
): Promise<ReadonlyMap<number, number>> {
  const firsts = new Map<string, number>()
  const repeats = new Map<number, number>()
  for (const { message, fixKey: key } of batch.reporting) {
    if (key === null || batch.earlier.has(key)) continue
    const id = idOf(batch.ids, message.id)
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, id)
    else repeats.set(id, first)
  }
  for (const [id, first] of repeats) await sql.run('UPDATE reports SET repeat_of_id = ? WHERE id = ?', [first, id])
  return repeats
}

function fixKey(
  modemId: number,
  { hasFix, fixAt, latitude, longitude }: Pick<NewReport, 'hasFix' | 'fixAt' | 'latitude' | 'longitude'>,
): string | null {
  if (!hasFix || fixAt === null || latitude === null || longitude === null) return null
  // A hundred-millionth of a degree is a millimetre: whatever a database makes of the last digit of a double is below it.
  return `${modemId} ${fixAt.getTime()} ${Math.round(latitude * 1e8)} ${Math.round(longitude * 1e8)}`
}

function pushValues(
  values: SqlValue[],
  sql: Statements,
  { message, report, modemId, repeatOfId, now }: Reporting & { repeatOfId: number | null; now: string | null },
): void {
  const { item } = message
  values.push(
    message.id,
    modemId,
    message.device?.deviceId ?? null,
    clip(report.packetType, 16),
    sql.time(report.at),
    sql.time(item.receivedAt),
    sql.time(report.fixAt),
    report.hasFix ? 1 : 0,
    finite(report.latitude),
    finite(report.longitude),
    finite(report.sogKnots),
    finite(report.cogDegrees),
    finite(report.batteryVolts),
    finite(report.batteryPercent),
    finite(report.intervalMinutes),
    finite(report.sleepMinutes),
    finite(report.reasonCode),
    clip(report.reason, 32),
    clip(report.status, 8),
    report.beaconOn === null ? null : report.beaconOn ? 1 : 0,
    finite(report.fixSkewSeconds),
    report.source,
    finite(item.iridiumLatitude),
    finite(item.iridiumLongitude),
    finite(item.iridiumCepKm),
    repeatOfId,
    report.problems.length === 0 ? null : JSON.stringify(report.problems),
    now,
  )
}

function toStored(
  { id: messageId, item }: PlacedMessage,
  report: NewReport,
  { id, repeatOfId }: { id: number; repeatOfId: number | null },
): StoredReport {
  const { iridiumLatitude: latitudeDegrees, iridiumLongitude: longitudeDegrees, iridiumCepKm: cepKm } = item
  const iridium =
    latitudeDegrees === null || longitudeDegrees === null ? null : { latitudeDegrees, longitudeDegrees, cepKm }
  return { ...report, id, messageId, receivedAt: item.receivedAt, iridium, repeatOfId }
}

function idOf(ids: ReadonlyMap<number, number>, messageId: number): number {
  const id = ids.get(messageId)
  if (id === undefined) throw new Error('a report that was just written is not there')
  return id
}
