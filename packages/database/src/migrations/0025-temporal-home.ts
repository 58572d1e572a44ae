/** Which Temporal acts on this store: another one would start everything a second time. One row. */
import { INTEGER, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable } from './schema-change.ts'

const TABLE = 'temporal_home'

export const temporalHome: Migration = {
  name: '0025-temporal-home',
  async up(context) {
    await createTable(context, TABLE, {
      columns: {
        id: { ...must(INTEGER), primaryKey: true },
        cluster_id: must(STRING(100)),
        namespace_id: must(STRING(100)),
        /** For people; the id is what counts. */
        namespace: must(STRING(300)),
        since: time,
        /** When a process last worked with it. */
        seen_at: time,
      },
      indexes: [],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable(TABLE, { transaction })
  },
}
