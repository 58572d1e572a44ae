/**
 * A delivery carries the group of its target's modem where that is another one than the route's: whose credits it spends sees it
 * too. A column, because a modem moves on to other groups, and what went to it before is none of theirs.
 */
import { INTEGER, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, addIndex, dropColumn, dropIndex } from './schema-change.ts'

const TABLE = 'outbound_messages'
const INDEX = { columns: ['target_group_id', 'id'] }

/** By where the modem sits now: where it sat then was not kept with the delivery. */
const HOLDER = `SELECT d.group_id FROM modem_assignments a JOIN devices d ON d.id = a.device_id
  WHERE a.open_modem_id = ${TABLE}.modem_id`
const BACKFILL = `UPDATE ${TABLE} SET target_group_id = (${HOLDER})
  WHERE cause_kind = 'route' AND modem_id IS NOT NULL AND group_id <> (${HOLDER})`

export const targetGroups: Migration = {
  name: '0026-target-groups',
  async up(context) {
    const { queryInterface, transaction } = context
    await addColumn(context, { table: TABLE, column: 'target_group_id', kind: may(INTEGER) })
    await queryInterface.sequelize.query(BACKFILL, { transaction })
    await addIndex(context, TABLE, INDEX)
  },
  async down(context) {
    await dropIndex(context, TABLE, INDEX.columns)
    await dropColumn(context, TABLE, 'target_group_id')
  },
}
