import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { readRow, type RowReader } from '../firmware/row.ts'
import { changeRows, countChanged, selectRows } from '../queries/statement.ts'
import { inWrite } from '../queries/scope.ts'

/** Which process holds the newest connection of a device. */
export interface DeviceLinkRow {
  readonly deviceId: number
  readonly linkId: string
  readonly processId: string
  /** `host:port` of that process's relay; `null`: others cannot reach it. */
  readonly relayAddress: string | null
  readonly isOpen: boolean
  readonly openedAt: Date
  readonly closedAt: Date | null
}

/** A device that may open a link: not retired, approved or not. */
export interface LinkableDevice {
  readonly id: number
  readonly iam: string
  readonly groupId: number
  /** SHA-256 of the key its firmware sends; `null`: none required. */
  readonly keyHash: string | null
  readonly link: DeviceLinkRow | null
}

const LINK = 'l.link_id, l.process_id, l.relay_address, l.is_open, l.opened_at, l.closed_at'

/** Finds a device by the name it opens its link with; `null`: it may not. */
export async function findLinkableDevice(db: Database, args: { readonly iam: string }): Promise<LinkableDevice | null> {
  const [raw] = await selectRows(
    db,
    `SELECT d.id AS device_id, d.iam, d.group_id, k.key_hash, ${LINK}
     FROM devices d LEFT JOIN device_links l ON l.device_id = d.id LEFT JOIN device_link_keys k ON k.device_id = d.id
     WHERE d.iam = ? AND d.deleted_at IS NULL`,
    [args.iam],
  )
  if (raw === undefined) return null
  const row = readRow('devices', raw)
  return {
    id: row.number('device_id'),
    iam: row.text('iam'),
    groupId: row.number('group_id'),
    keyHash: row.textOrNull('key_hash'),
    link: row.textOrNull('link_id') === null ? null : readLink(row),
  }
}

/** The newest links of devices. */
export async function listDeviceLinks(
  db: Database,
  args: { readonly deviceIds: readonly number[] },
): Promise<readonly DeviceLinkRow[]> {
  if (args.deviceIds.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT l.device_id, ${LINK} FROM device_links l WHERE l.device_id IN (${args.deviceIds.map(() => '?').join(',')})`,
    args.deviceIds,
  )
  return rows.map((raw) => readLink(readRow('device_links', raw)))
}

/** Records that a process now holds the device's connection, replacing any previous holder. */
export async function openDeviceLink(
  db: Database,
  args: Omit<DeviceLinkRow, 'isOpen' | 'closedAt'>,
  tx: Transaction,
): Promise<void> {
  const { deviceId, linkId, processId, relayAddress, openedAt } = args
  const changed = await countChanged(
    db,
    `UPDATE device_links SET link_id = ?, process_id = ?, relay_address = ?, is_open = 1, opened_at = ?, closed_at = NULL
     WHERE device_id = ? AND opened_at <= ?`,
    [linkId, processId, relayAddress, openedAt, deviceId, openedAt],
    tx,
  )
  if (changed > 0) return
  await changeRows(
    db,
    `INSERT INTO device_links (device_id, link_id, process_id, relay_address, is_open, opened_at, closed_at)
     SELECT ?, ?, ?, ?, 1, ?, NULL FROM (SELECT 1 AS one) AS once
     WHERE NOT EXISTS (SELECT 1 FROM device_links WHERE device_id = ?)`,
    [deviceId, linkId, processId, relayAddress, openedAt, deviceId],
    tx,
  )
}

/** Records that a connection ended, unless a newer one has replaced it. */
export function closeDeviceLink(
  db: Database,
  args: { readonly deviceId: number; readonly linkId: string; readonly closedAt: Date },
  tx: Transaction,
): Promise<void> {
  return changeRows(
    db,
    'UPDATE device_links SET is_open = 0, closed_at = ? WHERE device_id = ? AND link_id = ?',
    [args.closedAt, args.deviceId, args.linkId],
    tx,
  )
}

/** The secret that authenticates processes on this database to each other; created on first use. */
export async function ensureLinkSecret(db: Database, args: { readonly fresh: string }): Promise<string> {
  const read = async (tx?: Transaction): Promise<string | null> => {
    const [raw] = await selectRows(db, 'SELECT secret FROM link_secrets WHERE id = 1', [], tx)
    return raw === undefined ? null : readRow('link_secrets', raw).text('secret')
  }
  const known = await read()
  if (known !== null) return known
  await db.write((tx) =>
    changeRows(
      db,
      `INSERT ${db.dialect === 'mysql' ? 'IGNORE' : 'OR IGNORE'} INTO link_secrets (id, secret, created_at) VALUES (1, ?, ?)`,
      [args.fresh, new Date()],
      tx,
    ),
  )
  return (await read()) ?? args.fresh
}

/** Requires a key of a device from now on; `null`: none. */
export function setDeviceLinkKey(
  db: Database,
  args: { readonly deviceId: number; readonly keyHash: string | null },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await changeRows(db, 'DELETE FROM device_link_keys WHERE device_id = ?', [args.deviceId], transaction)
    if (args.keyHash === null) return
    await changeRows(
      db,
      'INSERT INTO device_link_keys (device_id, key_hash, created_at) VALUES (?, ?, ?)',
      [args.deviceId, args.keyHash, new Date()],
      transaction,
    )
  })
}

function readLink(row: RowReader): DeviceLinkRow {
  return {
    deviceId: row.number('device_id'),
    linkId: row.text('link_id'),
    processId: row.text('process_id'),
    relayAddress: row.textOrNull('relay_address'),
    isOpen: row.flag('is_open'),
    openedAt: row.time('opened_at'),
    closedAt: row.timeOrNull('closed_at'),
  }
}
