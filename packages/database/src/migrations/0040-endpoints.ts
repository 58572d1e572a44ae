/**
 * Endpoints: where deliveries go, with a state of their own. A route names one instead of a modem or a serial. A delivery knows its
 * endpoint, may be made anew (its generation), and is seen through either by a workflow of its own or by whoever is free in a worker.
 * Attempts keep what the other side answered and how long that took.
 */
import { createHash } from 'node:crypto'
import { QueryTypes } from 'sequelize'

import { flag, id, INTEGER, longText, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration, MigrationContext } from './migrate.ts'
import {
  addColumn,
  addIndex,
  createTable,
  dropColumn,
  dropIndex,
  dropReference,
  hasColumns,
  references,
} from './schema-change.ts'

const OLD_UNIQUE = ['cause_message_id', 'route_id']
const NEW_UNIQUE = [...OLD_UNIQUE, 'generation']
const OLD_SWEEP = ['workflow_started_at', 'id']
const NEW_SWEEP = ['lane', 'workflow_started_at', 'id']

const attemptColumns = [
  { column: 'status', kind: may(INTEGER) },
  { column: 'latency_ms', kind: may(INTEGER) },
  { column: 'answer', kind: may(STRING(1000)) },
]
const deliveryColumns = [
  { column: 'endpoint_id', kind: { ...may(INTEGER), ...references('endpoints', 'SET NULL') } },
  { column: 'generation', kind: { ...must(INTEGER), defaultValue: 0 } },
  { column: 'lane', kind: { ...must(STRING(16)), defaultValue: 'workflow' } },
]

async function createEndpoints(context: MigrationContext): Promise<void> {
  await createTable(context, 'endpoints', {
    columns: {
      id,
      group_id: { ...must(INTEGER), ...references('groups', 'CASCADE') },
      kind: must(STRING(16)),
      label: may(STRING(120)),
      format: may(STRING(16)),
      address_key: must(STRING(100)),
      modem_id: { ...may(INTEGER), ...references('modems', 'CASCADE') },
      config: must(longText(context)),
      secrets: may(longText(context)),
      state: { ...must(STRING(16)), defaultValue: 'active' },
      reason_code: may(STRING(64)),
      reason_detail: may(STRING(500)),
      state_changed_at: time,
      failing_since: timeOrNull,
      draining: flag,
      probe_at: timeOrNull,
      workflow_id: may(STRING(200)),
      workflow_started_at: timeOrNull,
      created_at: time,
      updated_at: time,
      deleted_at: timeOrNull,
    },
    indexes: [{ columns: ['group_id', 'address_key'], unique: true }, { columns: ['modem_id'] }],
  })
}

interface OldRoute {
  readonly group_id: number
  readonly target_kind: string
  readonly target_modem_id: number | null
  readonly target_serial: string | null
  readonly imei: string | null
}

/** One endpoint for each target that routes of a group lead to. */
async function moveTargets({ queryInterface, transaction }: MigrationContext): Promise<void> {
  const { sequelize } = queryInterface
  const routes = await sequelize.query<OldRoute>(
    `SELECT DISTINCT r.group_id, r.target_kind, r.target_modem_id, r.target_serial, m.imei
     FROM routes r LEFT JOIN modems m ON m.id = r.target_modem_id WHERE r.endpoint_id IS NULL`,
    { type: QueryTypes.SELECT, transaction },
  )
  for (const route of routes) {
    const isModem = route.target_kind === 'modem'
    const address = isModem ? route.imei : route.target_serial
    // Such a route has never sent anything.
    if (address === null) continue
    const key = keyOf(route.target_kind, address)
    const config = JSON.stringify(isModem ? { imei: address } : { serial: address })
    const now = new Date()
    await sequelize.query(
      `INSERT INTO endpoints (group_id, kind, address_key, modem_id, config, state, state_changed_at, draining, created_at, updated_at)
       SELECT ?, ?, ?, ?, ?, 'active', ?, 0, ?, ? FROM (SELECT 1 AS one) AS once
       WHERE NOT EXISTS (SELECT 1 FROM endpoints WHERE group_id = ? AND address_key = ?)`,
      {
        transaction,
        replacements: [
          ...[route.group_id, route.target_kind, key, isModem ? route.target_modem_id : null, config],
          ...[now, now, now, route.group_id, key],
        ],
      },
    )
    const column = isModem ? 'target_modem_id' : 'target_serial'
    await sequelize.query(
      `UPDATE routes SET endpoint_id = (SELECT e.id FROM endpoints e WHERE e.group_id = ? AND e.address_key = ?)
       WHERE group_id = ? AND target_kind = ? AND ${column} = ?`,
      {
        transaction,
        replacements: [
          ...[route.group_id, key, route.group_id, route.target_kind],
          isModem ? route.target_modem_id : route.target_serial,
        ],
      },
    )
  }
  await sequelize.query(
    `UPDATE outbound_messages SET endpoint_id = (SELECT e.id FROM endpoints e
       WHERE e.group_id = outbound_messages.group_id AND e.address_key = outbound_messages.target_key)
     WHERE finished_at IS NULL`,
    { transaction },
  )
}

/** As the kinds of target make it; a serial may be longer than any modem's. */
function keyOf(kind: string, address: string): string {
  const key = `${kind}/${address}`
  return key.length <= 100 ? key : `${kind}/${createHash('sha256').update(address).digest('hex')}`
}

async function moveTargetsBack({ queryInterface, transaction }: MigrationContext): Promise<void> {
  const { sequelize } = queryInterface
  await sequelize.query(`DELETE FROM routes WHERE target_kind NOT IN ('modem','rockstar')`, { transaction })
  await sequelize.query(
    `UPDATE routes SET target_modem_id = (SELECT e.modem_id FROM endpoints e WHERE e.id = routes.endpoint_id)
     WHERE target_kind = 'modem'`,
    { transaction },
  )
  // After "rockstar/".
  await sequelize.query(
    `UPDATE routes SET target_serial = (SELECT SUBSTR(e.address_key, 10) FROM endpoints e WHERE e.id = routes.endpoint_id)
     WHERE target_kind = 'rockstar'`,
    { transaction },
  )
}

export const endpoints: Migration = {
  name: '0040-endpoints',
  async up(context) {
    await createEndpoints(context)
    const endpointId = { ...may(INTEGER), ...references('endpoints', 'CASCADE') }
    await addColumn(context, { table: 'routes', column: 'endpoint_id', kind: endpointId })
    await addIndex(context, 'routes', { columns: ['endpoint_id'] })
    for (const each of deliveryColumns) await addColumn(context, { table: 'outbound_messages', ...each })
    for (const each of attemptColumns) await addColumn(context, { table: 'delivery_attempts', ...each })
    // A run that broke off may have dropped them already; by then they were moved.
    if (await hasColumns(context, 'routes', ['target_modem_id', 'target_serial'])) await moveTargets(context)
    // The new index first: the foreign key of the message needs one.
    await addIndex(context, 'outbound_messages', { columns: NEW_UNIQUE, unique: true })
    await dropIndex(context, 'outbound_messages', OLD_UNIQUE)
    await addIndex(context, 'outbound_messages', { columns: NEW_SWEEP })
    await dropIndex(context, 'outbound_messages', OLD_SWEEP)
    await addIndex(context, 'outbound_messages', { columns: ['endpoint_id', 'finished_at', 'order_key'] })
    await dropReference(context, 'routes', 'target_modem_id')
    await dropIndex(context, 'routes', ['target_modem_id'])
    for (const column of ['target_modem_id', 'target_serial']) await dropColumn(context, 'routes', column)
  },
  async down(context) {
    const modemId = { ...may(INTEGER), ...references('modems', 'CASCADE') }
    await addColumn(context, { table: 'routes', column: 'target_modem_id', kind: modemId })
    await addIndex(context, 'routes', { columns: ['target_modem_id'] })
    await addColumn(context, { table: 'routes', column: 'target_serial', kind: may(STRING(20)) })
    await moveTargetsBack(context)
    await addIndex(context, 'outbound_messages', { columns: OLD_SWEEP })
    await dropIndex(context, 'outbound_messages', NEW_SWEEP)
    await keepFirstGenerations(context)
    await addIndex(context, 'outbound_messages', { columns: OLD_UNIQUE, unique: true })
    await dropIndex(context, 'outbound_messages', NEW_UNIQUE)
    await dropReference(context, 'outbound_messages', 'endpoint_id')
    await dropIndex(context, 'outbound_messages', ['endpoint_id', 'finished_at', 'order_key'])
    await dropReference(context, 'routes', 'endpoint_id')
    await dropIndex(context, 'routes', ['endpoint_id'])
    await dropColumn(context, 'routes', 'endpoint_id')
    for (const { column } of deliveryColumns) await dropColumn(context, 'outbound_messages', column)
    for (const { column } of attemptColumns) await dropColumn(context, 'delivery_attempts', column)
    await context.queryInterface.dropTable('endpoints', { transaction: context.transaction })
  },
}

/** What was made anew stays, without its route: the version before has room for one delivery of each. */
async function keepFirstGenerations({ queryInterface, transaction }: MigrationContext): Promise<void> {
  await queryInterface.sequelize.query('UPDATE outbound_messages SET route_id = NULL WHERE generation > 0', {
    transaction,
  })
}
