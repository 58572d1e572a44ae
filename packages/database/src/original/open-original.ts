import { existsSync } from 'node:fs'
import { createHash } from 'node:crypto'

import { QueryTypes, Sequelize } from 'sequelize'
import sqlite3 from 'sqlite3'

import { DatabaseUriError, parseDatabaseUri } from '../connection/parse-uri.ts'
import {
  ORIGINAL_FIELDS,
  type OriginalDevice,
  type OriginalMessage,
  type OriginalModem,
  type OriginalPush,
  type OriginalQueue,
  type OriginalRoute,
  type OriginalTracker,
} from './rows.ts'

/** A database of the original service, opened read-only. Whoever opened it closes it. */
export interface OriginalDatabase {
  /** Identifies the contents: stays the same when the database is copied or extended. */
  readonly fingerprint: string
  /** Expected tables that do not exist; they count as empty. */
  readonly missingTables: readonly string[]
  modems(): Promise<OriginalModem[]>
  devices(): Promise<OriginalDevice[]>
  trackers(): Promise<OriginalTracker[]>
  queues(): Promise<OriginalQueue[]>
  routes(): Promise<OriginalRoute[]>
  /** Row counts of tables that are not imported. */
  countRows(table: 'device_firmware_upgrade' | 'device_command_message'): Promise<number>
  /** In id order. */
  messagesAfter(id: number, limit: number): Promise<OriginalMessage[]>
  /** In id order; ids are texts. */
  pushesAfter(id: string, limit: number): Promise<OriginalPush[]>
  close(): Promise<void>
}

type RawRow = Readonly<Record<string, unknown>>

const TABLES = [
  ...['rock_block_modem', 'buoy', 'handset', 'rock_block_message', 'rock_star', 'rock_core_push_api'],
  ...['sqs__endpoint', 'endpoint_route', 'device_firmware_upgrade', 'device_command_message'],
] as const
type Table = (typeof TABLES)[number]

/**
 * Opens a database of the original service, in SQLite or MySQL; never writes to it.
 *
 * @param uri as SQLAlchemy writes it
 * @throws {DatabaseUriError} if it is invalid, names no file, or leads to another kind of database; Sequelize's
 * connection errors
 */
export async function openOriginal(uri: string): Promise<OriginalDatabase> {
  const sequelize = connect(uri)
  try {
    return await describe(sequelize)
  } catch (error) {
    await sequelize.close()
    throw error
  }
}

async function describe(sequelize: Sequelize): Promise<OriginalDatabase> {
  const read = async (sql: string, values: readonly unknown[] = []): Promise<RawRow[]> => {
    const [rows] = await sequelize.query(sql, { type: QueryTypes.RAW, replacements: [...values] })
    return rows as RawRow[]
  }
  const present = new Set((await sequelize.getQueryInterface().showAllTables()).map(nameOf))
  if (!present.has('rock_block_message')) {
    throw new DatabaseUriError('this is not a database of the original service: it has no table rock_block_message')
  }
  const missingTables = TABLES.filter((table) => !present.has(table))
  const all = async (table: Table, rest = 'ORDER BY id', values: readonly unknown[] = []): Promise<RawRow[]> =>
    present.has(table) ? read(`SELECT * FROM ${table} ${rest}`, values) : []
  return {
    fingerprint: await fingerprint(all),
    missingTables,
    modems: async () =>
      (await all('rock_block_modem')).map((row) => ({
        ...base(row),
        imei: text(row['imei']),
        serial: text(row['serial']),
      })),
    devices: async () => [
      ...(await all('buoy')).map((row) => toDevice(row, 'buoy')),
      ...(await all('handset')).map((row) => toDevice(row, 'handset')),
    ],
    trackers: async () =>
      (await all('rock_star')).map((row) => ({
        ...base(row),
        imei: text(row['imei']) ?? '',
        serial: text(row['serial']) ?? '',
      })),
    queues: async () => (await all('sqs__endpoint')).map((row) => ({ ...base(row), url: text(row['url']) ?? '' })),
    routes: async () => (await all('endpoint_route')).map(toRoute),
    countRows: async (table) =>
      present.has(table) ? Number((await read(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.['n'] ?? 0) : 0,
    messagesAfter: async (id, limit) =>
      (await all('rock_block_message', 'WHERE id > ? ORDER BY id LIMIT ?', [id, limit])).map(toMessage),
    pushesAfter: async (id, limit) =>
      (await all('rock_core_push_api', 'WHERE id > ? ORDER BY id LIMIT ?', [id, limit])).map(toPush),
    close: () => sequelize.close(),
  }
}

function connect(uri: string): Sequelize {
  const location = parseDatabaseUri(uri)
  const common = { logging: false, pool: { max: 1, min: 0, idle: 30_000 }, retry: { max: 1 } } as const
  if (location.dialect === 'sqlite') {
    if (location.file === null || !existsSync(location.file)) {
      throw new DatabaseUriError(`there is no file ${location.file ?? 'named'}`)
    }
    const dialectOptions = { mode: sqlite3.OPEN_READONLY }
    return new Sequelize({ ...common, dialect: 'sqlite', storage: location.file, dialectOptions })
  }
  const { host, port, user, password, database, socketPath } = location
  const made = new Sequelize({
    ...common,
    dialect: 'mysql',
    host,
    port,
    username: user,
    password: password ?? '',
    database,
    dialectOptions: { charset: 'utf8mb4', dateStrings: true, ...(socketPath === null ? {} : { socketPath }) },
  })
  made.addHook('afterConnect', (connection) => {
    // mysql2's connection, which Sequelize passes as unknown.
    const mysql = connection as { query(sql: string, done: (error: Error | null) => void): void }
    return new Promise<void>((done, fail) =>
      mysql.query('SET SESSION TRANSACTION READ ONLY', (error) => (error === null ? done() : fail(error))),
    )
  })
  return made
}

/** Derived from its first message and first modem: later rows do not change them, and a copy has the same. */
async function fingerprint(all: (table: Table, rest: string) => Promise<RawRow[]>): Promise<string> {
  const [message] = await all('rock_block_message', 'ORDER BY id LIMIT 1')
  const [modem] = await all('rock_block_modem', 'ORDER BY id LIMIT 1')
  const facts = [message?.['id'], ...ORIGINAL_FIELDS.map((field) => message?.[field]), modem?.['imei']]
  return createHash('sha256')
    .update(JSON.stringify(facts.map((fact) => text(fact))))
    .digest('hex')
}

/** MySQL's driver returns objects, SQLite's plain names. */
function nameOf(table: unknown): string {
  if (typeof table === 'object' && table !== null && 'tableName' in table) return String(table.tableName)
  return String(table)
}

function base(row: RawRow): { readonly id: number; readonly isDeleted: boolean } {
  return { id: Number(row['id']), isDeleted: flag(row['logical_del']) }
}

function toDevice(row: RawRow, kind: OriginalDevice['kind']): OriginalDevice {
  const modemId = row['rb_id']
  return { ...base(row), kind, iam: text(row['iam']), modemId: modemId == null ? null : Number(modemId) }
}

function toRoute(row: RawRow): OriginalRoute {
  return {
    ...base(row),
    sourceType: text(row['source_device_type']) ?? '',
    sourceId: Number(row['source_device']),
    messageType: text(row['msg_type']) ?? '',
    targetType: text(row['endpoint_type']) ?? '',
    targetId: Number(row['endpoint_id']),
    isEnabled: flag(row['enabled']),
  }
}

function toMessage(row: RawRow): OriginalMessage {
  const fields: Record<string, string> = {}
  for (const field of ORIGINAL_FIELDS) {
    const value = text(row[field])
    if (value !== null) fields[field] = value
  }
  return { ...base(row), createdAt: time(row['created_at']), fields }
}

function toPush({ id, created_at: createdAt, logical_del: isDeleted, ...rest }: RawRow): OriginalPush {
  const columns = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, typeof value === 'number' ? value : text(value)]),
  )
  return { id: text(id) ?? '', isDeleted: flag(isDeleted), createdAt: time(createdAt), columns }
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null
}

function flag(value: unknown): boolean {
  return value === true || Number(value ?? 0) !== 0
}

/** A DATETIME as both drivers return it here: text, UTC. */
function time(value: unknown): Date | null {
  const at = new Date(`${(text(value) ?? '').replace(' ', 'T').slice(0, 23)}Z`)
  return Number.isNaN(at.getTime()) ? null : at
}
