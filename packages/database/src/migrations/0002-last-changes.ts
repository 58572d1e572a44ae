/**
 * When a delivery came to its state. And what no longer stands in the tables: when a modem was last heard from is what its newest message
 * says, and nobody asked for the ids of a device's last reports.
 */
import { BIGINT, DATE, INTEGER, may, must, timeOrNull } from './column-kinds.ts'
import type { Migration, MigrationContext } from './migrate.ts'
import { addColumn, addIndex, dropColumn, dropIndex } from './schema-change.ts'

const CHANGED = 'state_changed_at'
const CHANGED_INDEX = [CHANGED, 'state']
/** A column that may not be empty needs something for the rows that are there; each is given its own value right after. */
const LONG_AGO = new Date(0)

const GONE = [
  { table: 'modems', column: 'last_seen_at', kind: timeOrNull },
  { table: 'modems', column: 'last_momsn', kind: may(INTEGER) },
  { table: 'device_states', column: 'last_report_id', kind: may(BIGINT) },
  { table: 'device_states', column: 'last_fix_report_id', kind: may(BIGINT) },
]

async function giveChangeTimes({ queryInterface, transaction }: MigrationContext): Promise<void> {
  await queryInterface.sequelize.query(
    `UPDATE outbound_messages SET ${CHANGED} = COALESCE(finished_at, sent_at, created_at) WHERE ${CHANGED} = ?`,
    { transaction, replacements: [LONG_AGO] },
  )
}

export const lastChanges: Migration = {
  name: '0002-last-changes',
  async up(context) {
    const kind = { ...must(DATE(3)), defaultValue: LONG_AGO }
    await addColumn(context, { table: 'outbound_messages', column: CHANGED, kind })
    await giveChangeTimes(context)
    await addIndex(context, 'outbound_messages', { columns: CHANGED_INDEX })
    for (const { table, column } of GONE) await dropColumn(context, table, column)
  },
  async down(context) {
    for (const gone of GONE) await addColumn(context, gone)
    await dropIndex(context, 'outbound_messages', CHANGED_INDEX)
    await dropColumn(context, 'outbound_messages', CHANGED)
  },
}
