/** Which group a modem was claimed for, by its serial or by being put into a device: it stays theirs while it sits in none. */
import { INTEGER, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const LAST_GROUP = `
  UPDATE modems SET group_id = (
    SELECT d.group_id FROM modem_assignments a JOIN devices d ON d.id = a.device_id
    WHERE a.modem_id = modems.id ORDER BY a.from_at DESC, a.id DESC LIMIT 1)`

export const claimedModems: Migration = {
  name: '0021-claimed-modems',
  async up(context) {
    await addColumn(context, { table: 'modems', column: 'group_id', kind: may(INTEGER) })
    await context.queryInterface.sequelize.query(LAST_GROUP, { transaction: context.transaction })
  },
  async down(context) {
    await dropColumn(context, 'modems', 'group_id')
  },
}
