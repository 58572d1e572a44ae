/**
 * The airtime guard: what was spent, by whom; how much may be; that a level was passed. A delivery knows how many messages
 * it follows from, and whether a person has let it pass the guard.
 */
import { BIGINT, bigId, flag, id, INTEGER, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, createTable, dropColumn, references } from './schema-change.ts'

const OUTBOUND = 'outbound_messages'
const COLUMNS = [
  { column: 'depth', kind: { ...must(INTEGER), defaultValue: 0 } },
  { column: 'airtime_waived', kind: flag },
]

export const airtime: Migration = {
  name: '0072-airtime',
  async up(context) {
    const scope = { scope_kind: must(STRING(16)), scope_id: must(INTEGER) }
    await createTable(context, 'airtime_spent', {
      columns: {
        id: bigId,
        outbound_id: { ...must(BIGINT), ...references(OUTBOUND, 'CASCADE') },
        attempt: must(INTEGER),
        // Not tied to their tables: that would lock a device's row with each send, which stores its messages too.
        group_id: may(INTEGER),
        device_id: may(INTEGER),
        target_key: must(STRING(64)),
        credits: must(INTEGER),
        at: time,
      },
      indexes: [
        { columns: ['outbound_id', 'attempt'], unique: true },
        { columns: ['group_id', 'at', 'credits'] },
        { columns: ['device_id', 'at', 'credits'] },
        { columns: ['at', 'credits'] },
      ],
    })
    await createTable(context, 'airtime_budgets', {
      columns: {
        id,
        ...scope,
        period: must(STRING(16)),
        warn_credits: may(INTEGER),
        stop_credits: may(INTEGER),
        override_until: timeOrNull,
        changed_by: must(STRING(64)),
        updated_at: time,
      },
      indexes: [{ columns: ['scope_kind', 'scope_id', 'period'], unique: true }],
    })
    await createTable(context, 'airtime_warnings', {
      columns: {
        id: bigId,
        ...scope,
        group_id: may(INTEGER),
        period: must(STRING(32)),
        level: must(STRING(8)),
        limit_credits: must(INTEGER),
        spent_credits: must(INTEGER),
        at: time,
      },
      indexes: [
        { columns: ['scope_kind', 'scope_id', 'period', 'level'], unique: true },
        { columns: ['group_id', 'id'] },
      ],
    })
    for (const each of COLUMNS) await addColumn(context, { table: OUTBOUND, ...each })
  },
  async down(context) {
    const { queryInterface, transaction } = context
    for (const { column } of COLUMNS) await dropColumn(context, OUTBOUND, column)
    for (const table of ['airtime_warnings', 'airtime_budgets', 'airtime_spent']) {
      await queryInterface.dropTable(table, { transaction })
    }
  },
}
