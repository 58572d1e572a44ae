/**
 * Firmware: releases with their files and the branches and tags that led to them, upgrade jobs of devices, roll-outs in
 * stages, and which release a device is known to run.
 */
import { BOOLEAN, DOUBLE, flag, id, INTEGER, longText, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration, MigrationContext } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

const reasons = {
  reason_code: may(STRING(64)),
  reason_detail: may(STRING(600)),
  what_to_do: may(STRING(600)),
}
const workflow = { workflow_id: may(STRING(200)), workflow_started_at: timeOrNull }
const count = { ...must(INTEGER), defaultValue: 0 }

async function createReleases(context: MigrationContext): Promise<void> {
  await createTable(context, 'firmware_releases', {
    columns: {
      id,
      ref: must(STRING(255)),
      ref_name: may(STRING(300)),
      /** The release's while it has one, so that a commit is one release; null if another release has it. */
      commit_id: may(STRING(40)),
      tag_object: may(STRING(40)),
      signature: may(STRING(16)),
      signer: may(STRING(200)),
      subject: may(STRING(200)),
      committed_at: timeOrNull,
      state: must(STRING(16)),
      /** Repeats `ref` while the fetch is open, so that nobody begins a second one. */
      open_ref: may(STRING(255)),
      same_as_id: may(INTEGER),
      ...reasons,
      problems: may(longText(context)),
      progress: may(STRING(300)),
      tries: count,
      next_try_at: timeOrNull,
      file_count: may(INTEGER),
      total_bytes: may(INTEGER),
      flash_bytes: may(INTEGER),
      requested_by: must(STRING(200)),
      ...workflow,
      created_at: time,
      updated_at: time,
      ready_at: timeOrNull,
    },
    indexes: [
      { columns: ['commit_id'], unique: true },
      { columns: ['open_ref'], unique: true },
      { columns: ['state', 'workflow_started_at'] },
    ],
  })
  await createTable(context, 'firmware_files', {
    columns: {
      id,
      release_id: { ...must(INTEGER), ...references('firmware_releases', 'CASCADE') },
      path: must(STRING(300)),
      bytes: must(INTEGER),
      sha1: must(STRING(40)),
      sha256: must(STRING(64)),
    },
    indexes: [{ columns: ['release_id', 'path'], unique: true }],
  })
  await createTable(context, 'firmware_refs', {
    columns: {
      id,
      release_id: { ...must(INTEGER), ...references('firmware_releases', 'CASCADE') },
      name: must(STRING(300)),
      seen_at: time,
      /** Where it stands now, if elsewhere; 40 zeros = it is gone. */
      moved_to: may(STRING(40)),
      moved_at: timeOrNull,
    },
    indexes: [{ columns: ['release_id', 'name'], unique: true }, { columns: ['name'] }],
  })
}

async function createUpgrades(context: MigrationContext): Promise<void> {
  await createTable(context, 'rollouts', {
    columns: {
      id,
      group_id: { ...must(INTEGER), ...references('groups', 'CASCADE') },
      release_id: { ...must(INTEGER), ...references('firmware_releases', 'RESTRICT') },
      label: may(STRING(120)),
      state: must(STRING(16)),
      ...reasons,
      stage: count,
      stages: must(INTEGER),
      stage_began_at: timeOrNull,
      stage_ended_at: timeOrNull,
      needs_approval: { type: BOOLEAN, allowNull: false, defaultValue: true },
      pause_at_share: must(DOUBLE),
      cool_down_minutes: count,
      /** Failures that were there when someone resumed: they do not pause it again. */
      forgiven: count,
      allow_downgrade: flag,
      requested_by: must(STRING(200)),
      ...workflow,
      created_at: time,
      updated_at: time,
      finished_at: timeOrNull,
    },
    indexes: [{ columns: ['group_id', 'id'] }, { columns: ['state', 'workflow_started_at'] }],
  })
  await createTable(context, 'upgrade_jobs', {
    columns: {
      id,
      device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
      release_id: { ...must(INTEGER), ...references('firmware_releases', 'RESTRICT') },
      rollout_id: { ...may(INTEGER), ...references('rollouts', 'SET NULL') },
      state: must(STRING(16)),
      /** Repeats the device's id while the job is open: one open job for each device. */
      open_device_id: may(INTEGER),
      ...reasons,
      is_downgrade: flag,
      files_total: must(INTEGER),
      files_done: count,
      /** One bit a file in the order of paths, in hexadecimal. */
      seen_files: may(STRING(600)),
      free_bytes: may(INTEGER),
      /** How often the device began. */
      runs: count,
      /** How often it was sent into its updater over the live link. */
      restarts: count,
      restarted_at: timeOrNull,
      offered_at: timeOrNull,
      heard_at: timeOrNull,
      installed_at: timeOrNull,
      finished_at: timeOrNull,
      expires_at: time,
      requested_by: must(STRING(200)),
      ...workflow,
      created_at: time,
      updated_at: time,
    },
    indexes: [
      { columns: ['open_device_id'], unique: true },
      { columns: ['device_id', 'id'] },
      { columns: ['release_id'] },
      { columns: ['rollout_id', 'id'] },
      { columns: ['state', 'workflow_started_at'] },
    ],
  })
  await createTable(context, 'rollout_devices', {
    columns: {
      id,
      rollout_id: { ...must(INTEGER), ...references('rollouts', 'CASCADE') },
      stage: must(INTEGER),
      device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
      job_id: { ...may(INTEGER), ...references('upgrade_jobs', 'SET NULL') },
      /** Why it got no job: `has-it`, `downgrade`, `has-open-job`, `gone`. */
      skipped: may(STRING(32)),
    },
    indexes: [
      { columns: ['rollout_id', 'device_id'], unique: true },
      { columns: ['device_id'] },
      { columns: ['job_id'] },
    ],
  })
  await createTable(context, 'device_firmware', {
    columns: {
      device_id: { ...must(INTEGER), primaryKey: true, ...references('devices', 'CASCADE') },
      release_id: { ...must(INTEGER), ...references('firmware_releases', 'RESTRICT') },
      installed_at: time,
    },
    indexes: [{ columns: ['release_id'] }],
  })
}

const TABLES = [
  'device_firmware',
  'rollout_devices',
  'upgrade_jobs',
  'rollouts',
  'firmware_refs',
  'firmware_files',
  'firmware_releases',
]

export const firmware: Migration = {
  name: '0050-firmware',
  async up(context) {
    await createReleases(context)
    await createUpgrades(context)
  },
  async down({ queryInterface, transaction }) {
    for (const table of TABLES) await queryInterface.dropTable(table, { transaction })
  },
}
