/**
 * When a device was last heard from, by messages of any kind, stands with its last state: looked up among the messages it
 * cost a fleet of ten thousand more than everything else together.
 */
import { timeOrNull } from './column-kinds.ts'
import type { Migration, MigrationContext } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const TABLE = 'device_states'
const COLUMNS = ['heard_at', 'heard_sent_at']

/** Devices that sent nothing but what is no report have no last state yet. */
const MISSING_STATES = `
  INSERT INTO device_states (device_id, updated_at)
  SELECT m.device_id, MAX(m.received_at) FROM inbound_messages m
  LEFT JOIN device_states s ON s.device_id = m.device_id
  WHERE m.device_id IS NOT NULL AND s.device_id IS NULL GROUP BY m.device_id`

const SENT_AT = `CASE WHEN m.transmit_time IS NULL OR m.transmit_time > m.received_at THEN m.received_at
  ELSE m.transmit_time END`

const LAST_HEARD = `
  UPDATE device_states SET
    heard_at = (SELECT MAX(m.received_at) FROM inbound_messages m WHERE m.device_id = device_states.device_id),
    heard_sent_at = (SELECT MAX(${SENT_AT}) FROM inbound_messages m WHERE m.device_id = device_states.device_id)`

export const lastHeard: Migration = {
  name: '0020-last-heard',
  async up(context: MigrationContext) {
    const { queryInterface, transaction } = context
    for (const column of COLUMNS) await addColumn(context, { table: TABLE, column, kind: timeOrNull })
    for (const sql of [MISSING_STATES, LAST_HEARD]) await queryInterface.sequelize.query(sql, { transaction })
  },
  async down(context) {
    for (const column of COLUMNS) await dropColumn(context, TABLE, column)
  },
}
