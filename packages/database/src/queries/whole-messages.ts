import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { expression } from '../sql/column.ts'
import { bigint, bytes, double, integer, orNull, text, time } from '../sql/kinds.ts'
import { type Selected, selection, whenThere } from '../sql/selection.ts'
import { findReportsOfMessages } from './reports.ts'
import type { ReportRow } from '../tables/reports.ts'
import { selectRows } from './statement.ts'

const deviceId = expression(orNull(integer), 'd.id')
const MESSAGE = selection({
  messageId: expression(bigint, 'm.id'),
  messageType: expression(orNull(text(16)), 'm.packet_type'),
  imei: expression(orNull(text(15)), 'm.imei'),
  serial: expression(orNull(text(20)), 'm.serial'),
  momsn: expression(orNull(integer), 'm.momsn'),
  transmitTime: expression(orNull(time), 'm.transmit_time'),
  receivedAt: expression(time, 'm.received_at'),
  payload: expression(orNull(bytes), 'm.payload'),
  iridiumLatitude: expression(orNull(double), 'm.iridium_latitude'),
  iridiumLongitude: expression(orNull(double), 'm.iridium_longitude'),
  iridiumCepKm: expression(orNull(double), 'm.iridium_cep_km'),
  sessionStatus: expression(orNull(integer), 'm.session_status'),
  device: whenThere(deviceId, {
    id: expression(integer, 'd.id'),
    groupId: expression(integer, 'd.group_id'),
    iam: expression(text(32), 'd.iam'),
    kind: expression(text(16), 'd.kind'),
    label: expression(orNull(text(120)), 'd.label'),
  }),
})

/** A message as programs receive it: the vendor's data, and what was decoded from it. */
export type WholeMessage = Selected<typeof MESSAGE> & { readonly report: ReportRow | null }

/** Messages by id; deleted ones are omitted. */
export async function loadWholeMessages(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, WholeMessage>> {
  if (args.messageIds.length === 0) return new Map()
  const rows = await selectRows(
    db,
    `SELECT ${MESSAGE.sql} FROM inbound_messages m LEFT JOIN devices d ON d.id = m.device_id AND d.deleted_at IS NULL
     WHERE m.id IN (?)`,
    [args.messageIds],
    tx,
  )
  const reports = await findReportsOfMessages(db, args, tx)
  return new Map(
    rows.map((row) => {
      const message = MESSAGE.read(row)
      return [message.messageId, { ...message, report: reports.get(message.messageId) ?? null }]
    }),
  )
}
