/**
 * What the next fix, or a person, has to say about a position: who accepted it, how far a device's suspect fixes reach, and since when its
 * position stands still. And messages that are acted on again: when they were opened for it.
 */
import { may, STRING, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const ADDED = [
  { table: 'reports', column: 'accepted_by', kind: may(STRING(120)) },
  { table: 'device_states', column: 'suspect_at', kind: timeOrNull },
  { table: 'device_states', column: 'position_sent_at', kind: timeOrNull },
  { table: 'device_states', column: 'frozen_since', kind: timeOrNull },
  { table: 'inbound_messages', column: 'reopened_at', kind: timeOrNull },
]

export const whatIsBelieved: Migration = {
  name: '0016-what-is-believed',
  async up(context) {
    for (const column of ADDED) await addColumn(context, column)
  },
  async down(context) {
    for (const { table, column } of ADDED) await dropColumn(context, table, column)
  },
}
