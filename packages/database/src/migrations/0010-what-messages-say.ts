/**
 * What was found wrong with a message or a report, how far its position is believed, the time a device gave that was not believed, and
 * whether Iridium's estimate is to be relied on. Reports of before were not judged; session status 2 has always meant "not to be relied on".
 */
import { BOOLEAN, longText, may, must, STRING, timeOrNull } from './column-kinds.ts'
import type { Migration, MigrationContext } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const QUALITY = { ...must(STRING(16)), defaultValue: 'not-evaluated' }
/** NULL says nothing against it. */
const RELIABLE = may(BOOLEAN)

const added = (context: MigrationContext) => [
  { table: 'inbound_messages', column: 'problems', kind: may(longText(context)) },
  { table: 'inbound_messages', column: 'iridium_reliable', kind: RELIABLE },
  { table: 'reports', column: 'quality', kind: QUALITY },
  { table: 'reports', column: 'claimed_at', kind: timeOrNull },
  { table: 'reports', column: 'iridium_reliable', kind: RELIABLE },
]

const BACKFILL = [
  `UPDATE reports SET quality = 'missing' WHERE has_fix = 0`,
  `UPDATE inbound_messages SET iridium_reliable = 0 WHERE session_status = 2`,
  `UPDATE reports SET iridium_reliable = 0
   WHERE message_id IN (SELECT id FROM inbound_messages WHERE session_status = 2)`,
]

export const whatMessagesSay: Migration = {
  name: '0010-what-messages-say',
  async up(context) {
    const { queryInterface, transaction } = context
    for (const column of added(context)) await addColumn(context, column)
    for (const sql of BACKFILL) await queryInterface.sequelize.query(sql, { transaction })
  },
  async down(context) {
    for (const { table, column } of added(context)) await dropColumn(context, table, column)
  },
}
