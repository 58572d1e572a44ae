/** Finds the messages of one session of a modem: what a device sent twice under one number is one message. */
import type { Migration } from './migrate.ts'
import { addIndex, dropIndex } from './schema-change.ts'

const TABLE = 'inbound_messages'
const COLUMNS = ['modem_id', 'momsn']

export const sameSession: Migration = {
  name: '0015-same-session',
  up: (context) => addIndex(context, TABLE, { columns: COLUMNS }),
  down: (context) => dropIndex(context, TABLE, COLUMNS),
}
