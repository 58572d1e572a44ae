/**
 * A message carries the group of its device, so that a group's messages are a range of one index instead of a look at each of
 * its devices. With the state, because a state is what people look for, and because the states are few: without one, each is read.
 */
import { INTEGER, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, addIndex, dropColumn, dropIndex } from './schema-change.ts'

const TABLE = 'inbound_messages'
const INDEX = { columns: ['group_id', 'state'] }

const BACKFILL = `UPDATE ${TABLE} SET group_id = (SELECT d.group_id FROM devices d WHERE d.id = ${TABLE}.device_id)
  WHERE device_id IS NOT NULL`

export const messageGroups: Migration = {
  name: '0030-message-groups',
  async up(context) {
    const { queryInterface, transaction } = context
    await addColumn(context, { table: TABLE, column: 'group_id', kind: may(INTEGER) })
    await queryInterface.sequelize.query(BACKFILL, { transaction })
    await addIndex(context, TABLE, INDEX)
  },
  async down(context) {
    await dropIndex(context, TABLE, INDEX.columns)
    await dropColumn(context, TABLE, 'group_id')
  },
}
