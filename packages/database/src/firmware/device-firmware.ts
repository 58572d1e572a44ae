import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { changeRows, selectRows } from '../queries/statement.ts'
import { readRow } from './row.ts'

/**
 * A device as the harbour knows it: including deleted and unapproved ones, since a buoy carries its name whatever we
 * did to it.
 */
export interface HarbourDeviceRow {
  readonly id: number
  readonly iam: string
  readonly kind: string
  readonly groupId: number
  readonly isDeleted: boolean
  /** When its newest message of any kind arrived. */
  readonly heardAt: Date | null
}

/** Finds a device by the name that it gives. */
export async function findHarbourDevice(
  db: Database,
  args: { readonly iam: string; readonly kind: string },
  tx?: Transaction,
): Promise<HarbourDeviceRow | null> {
  const [raw] = await selectRows(
    db,
    `SELECT d.id, d.iam, d.kind, d.group_id, CASE WHEN d.deleted_at IS NULL THEN 0 ELSE 1 END AS is_deleted, s.heard_at
     FROM devices d LEFT JOIN device_states s ON s.device_id = d.id WHERE d.iam = ? AND d.kind = ?`,
    [args.iam, args.kind],
    tx,
  )
  if (raw === undefined) return null
  const row = readRow('devices', raw)
  return {
    id: row.number('id'),
    iam: row.text('iam'),
    kind: row.text('kind'),
    groupId: row.number('group_id'),
    isDeleted: row.flag('is_deleted'),
    heardAt: row.timeOrNull('heard_at'),
  }
}

/** Whether a device has not been retired. */
export async function isDeviceInUse(
  db: Database,
  args: { readonly deviceId: number },
  tx?: Transaction,
): Promise<boolean> {
  const sql = 'SELECT id FROM devices WHERE id = ? AND deleted_at IS NULL'
  return (await selectRows(db, sql, [args.deviceId], tx)).length > 0
}

/** How many devices wait for approval. */
export async function countUnapproved(db: Database, tx?: Transaction): Promise<number> {
  const sql = 'SELECT COUNT(*) AS n FROM devices WHERE approved = 0 AND deleted_at IS NULL'
  const [raw] = await selectRows(db, sql, [], tx)
  return raw === undefined ? 0 : readRow('devices', raw).number('n')
}

/** When a device was last heard from by satellite. */
export async function whenHeard(db: Database, args: { readonly deviceId: number }): Promise<Date | null> {
  const [raw] = await selectRows(db, 'SELECT heard_at FROM device_states WHERE device_id = ?', [args.deviceId])
  return raw === undefined ? null : readRow('device_states', raw).timeOrNull('heard_at')
}

/** The release a device is known to run. */
export interface DeviceFirmwareRow {
  readonly releaseId: number
  readonly installedAt: Date
  readonly committedAt: Date | null
}

/** The release a device is known to run; `null`: none of ours. */
export async function findDeviceFirmware(
  db: Database,
  args: { readonly deviceId: number },
  tx?: Transaction,
): Promise<DeviceFirmwareRow | null> {
  const [raw] = await selectRows(
    db,
    `SELECT f.release_id, f.installed_at, r.committed_at FROM device_firmware f
     JOIN firmware_releases r ON r.id = f.release_id WHERE f.device_id = ?`,
    [args.deviceId],
    tx,
  )
  if (raw === undefined) return null
  const row = readRow('device_firmware', raw)
  return {
    releaseId: row.number('release_id'),
    installedAt: row.time('installed_at'),
    committedAt: row.timeOrNull('committed_at'),
  }
}

/** Records which release a device runs now. */
export async function setDeviceFirmware(
  db: Database,
  args: { readonly deviceId: number; readonly releaseId: number; readonly installedAt: Date },
  tx: Transaction,
): Promise<void> {
  const { deviceId, releaseId, installedAt } = args
  await changeRows(db, 'DELETE FROM device_firmware WHERE device_id = ?', [deviceId], tx)
  await changeRows(
    db,
    'INSERT INTO device_firmware (device_id, release_id, installed_at) VALUES (?, ?, ?)',
    [deviceId, releaseId, installedAt],
    tx,
  )
}
