import { type Database, listGroups, openOriginal } from '@paikea/database'
import { ensureDefaultGroup } from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import { importDevices } from './import-devices.ts'
import { importMessages, importPushes } from './import-messages.ts'
import { importRoutes } from './import-routes.ts'
import { type ImportReport, leaveOut, newReport } from './import-report.ts'

/** Options of an import. */
export interface ImportOptions {
  /** The original's database, as a SQLAlchemy URL. */
  readonly from: string
  /** Name of the group that gets the devices. @default the oldest */
  readonly group?: string | undefined
  /** Creates all routes disabled: while the original still sends, both would. @default false */
  readonly areRoutesDisabled?: boolean
}

/**
 * Imports what the original service has stored: devices with their names, all messages, decoded afresh, and the routes.
 * Sends nothing, changes nothing in the original, and imports only what is new when run again.
 *
 * @param db migrated
 * @throws {ServeError} for an unknown group; the error of the original's database if it cannot be read
 */
export async function importOriginal(db: Database, options: ImportOptions): Promise<ImportReport> {
  const original = await openOriginal(options.from)
  try {
    const report = newReport()
    const context = { db, original, report, now: new Date() }
    const fleet = await importDevices(context, await findGroup(db, options.group))
    await importMessages(context)
    await importPushes(context)
    await importRoutes(context, fleet, { areDisabled: options.areRoutesDisabled === true })
    for (const table of original.missingTables) leaveOut(report, `table ${table}`, 'is not there')
    await leaveHistoryOut(report, 'device_firmware_upgrade', original)
    await leaveHistoryOut(report, 'device_command_message', original)
    return report
  } finally {
    await original.close()
  }
}

const WHY_NOT = {
  device_firmware_upgrade: 'upgrades of the original have no release here; start them again',
  device_command_message: 'they were derived from messages, which are imported',
} as const

async function leaveHistoryOut(
  report: ImportReport,
  table: keyof typeof WHY_NOT,
  original: Awaited<ReturnType<typeof openOriginal>>,
): Promise<void> {
  const count = await original.countRows(table)
  if (count > 0) leaveOut(report, `${count} rows of ${table}`, WHY_NOT[table])
}

async function findGroup(db: Database, name: string | undefined): Promise<number | undefined> {
  if (name === undefined) {
    await ensureDefaultGroup(db)
    return undefined
  }
  const group = (await listGroups(db, { scope: { all: true } })).find((one) => one.name === name)
  if (group === undefined) throw new ServeError(`there is no group ${JSON.stringify(name)}`, { isFinal: true })
  return group.id
}
