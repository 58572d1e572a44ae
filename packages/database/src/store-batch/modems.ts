import type { NewInbound } from './types.ts'
import {
  clip,
  marks,
  placeholders,
  readNumber,
  readText,
  readTime,
  type Row,
  type SqlValue,
  type Statements,
} from './statements.ts'

/** A modem as the batch found or made it, and the devices it sits or sat in. */
export interface KnownModem {
  readonly id: number
  readonly imei: string
  readonly serial: string | null
  readonly lastSeenAt: Date | null
  readonly assignments: readonly Assignment[]
}

export interface Assignment {
  readonly deviceId: number
  readonly iam: string
  readonly groupId: number
  readonly fromAt: Date
  readonly toAt: Date | null
}

/** Finds the batch's modems by IMEI, locks them, and makes an unclaimed one for each IMEI that is not known. */
export async function findModems(
  sql: Statements,
  items: readonly NewInbound[],
): Promise<ReadonlyMap<string, KnownModem>> {
  // Sorted, so that two processes lock the same modems in the same order.
  const imeis = [...new Set(items.flatMap(({ imei }) => (imei === null ? [] : [imei])))].sort()
  const known = await lockAndRead(sql, imeis)
  const unknown = imeis.filter((imei) => !known.has(imei))
  if (unknown.length === 0) return known
  await insertModems(sql, unknown, items)
  for (const [imei, modem] of await lockAndRead(sql, unknown)) known.set(imei, modem)
  return known
}

async function lockAndRead(sql: Statements, imeis: readonly string[]): Promise<Map<string, KnownModem>> {
  const modems = new Map<string, KnownModem & { assignments: Assignment[] }>()
  if (imeis.length === 0) return modems
  if (sql.dialect === 'mysql') {
    // By itself: with the joins it would lock devices and assignments too, which others hold for long.
    await sql.all(`SELECT id FROM modems WHERE imei IN (${marks(imeis.length)}) ORDER BY imei FOR UPDATE`, imeis)
  }
  const rows = await sql.all(
    `SELECT m.id, m.imei, m.serial, m.last_seen_at, a.from_at, a.to_at, d.id AS device_id, d.iam, d.group_id
     FROM modems m
     LEFT JOIN modem_assignments a ON a.modem_id = m.id
     LEFT JOIN devices d ON d.id = a.device_id AND d.deleted_at IS NULL
     WHERE m.imei IN (${marks(imeis.length)})`,
    imeis,
  )
  for (const row of rows) {
    const imei = String(row['imei'])
    let modem = modems.get(imei)
    if (modem === undefined) {
      modem = {
        id: Number(row['id']),
        imei,
        serial: readText(row['serial']),
        lastSeenAt: readTime(row['last_seen_at']),
        assignments: [],
      }
      modems.set(imei, modem)
    }
    const assignment = readAssignment(row)
    if (assignment !== null) modem.assignments.push(assignment)
  }
  return modems
}

function readAssignment(row: Row): Assignment | null {
  const deviceId = readNumber(row['device_id'])
  const fromAt = readTime(row['from_at'])
  if (deviceId === null || fromAt === null) return null
  return {
    deviceId,
    iam: String(row['iam']),
    groupId: Number(row['group_id']),
    fromAt,
    toAt: readTime(row['to_at']),
  }
}

async function insertModems(sql: Statements, imeis: readonly string[], items: readonly NewInbound[]): Promise<void> {
  const values: SqlValue[] = []
  for (const imei of imeis) {
    const first = items.find((item) => item.imei === imei)
    const at = sql.time(first?.receivedAt ?? new Date())
    values.push(imei, clip(first?.serial ?? null, 20), 0, at, sql.time(new Date()))
  }
  const ifThere = sql.dialect === 'sqlite' ? 'ON CONFLICT (imei) DO NOTHING' : 'ON DUPLICATE KEY UPDATE id = id'
  await sql.run(
    `INSERT INTO modems (imei, serial, claimed, first_seen_at, created_at) VALUES ${placeholders(imeis.length, 5)} ${ifThere}`,
    values,
  )
}

/**
 * The device a message belongs to: the one the modem sat in when the message was sent, so that a message that comes days late, after the
 * modem was moved, stays with the old device; otherwise the one it sits in now, also for what was sent before anybody entered that.
 */
export function deviceFor(modem: KnownModem | undefined, sentAt: Date): Assignment | null {
  if (modem === undefined) return null
  const at = sentAt.getTime()
  const closed = modem.assignments.find(
    ({ fromAt, toAt }) => toAt !== null && fromAt.getTime() <= at && at < toAt.getTime(),
  )
  return closed ?? modem.assignments.find(({ toAt }) => toAt === null) ?? null
}

/** Notes that the modems were heard from. */
export async function touchModems(
  sql: Statements,
  modems: ReadonlyMap<string, KnownModem>,
  stored: readonly NewInbound[],
): Promise<void> {
  const heard = new Map<number, { seenAt: Date; momsn: number | null; serial: string | null }>()
  for (const { imei, receivedAt, momsn, serial } of stored) {
    const modem = imei === null ? undefined : modems.get(imei)
    if (modem === undefined) continue
    const before = heard.get(modem.id)
    heard.set(modem.id, {
      seenAt: latest(receivedAt, before?.seenAt ?? modem.lastSeenAt),
      momsn: momsn ?? before?.momsn ?? null,
      serial: modem.serial ?? before?.serial ?? clip(serial, 20),
    })
  }
  if (heard.size === 0) return
  const ids = [...heard.keys()]
  const pick = (value: (id: number) => SqlValue): { text: string; values: SqlValue[] } => ({
    text: `CASE id ${'WHEN ? THEN ? '.repeat(ids.length)}END`,
    values: ids.flatMap((id) => [id, value(id)]),
  })
  const seen = pick((id) => sql.time(heard.get(id)?.seenAt ?? null))
  const momsn = pick((id) => heard.get(id)?.momsn ?? null)
  const serial = pick((id) => heard.get(id)?.serial ?? null)
  await sql.run(
    `UPDATE modems SET last_seen_at = ${seen.text}, first_seen_at = COALESCE(first_seen_at, ${seen.text}),
       last_momsn = COALESCE(${momsn.text}, last_momsn), serial = COALESCE(serial, ${serial.text})
     WHERE id IN (${marks(ids.length)})`,
    [...seen.values, ...seen.values, ...momsn.values, ...serial.values, ...ids],
  )
}

function latest(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a
}
